from pathlib import Path

import pytest

from loadtests.bench.disk import mount_of

TABLE = r"""
/dev/vda / ext4 rw,relatime 0 0
tmpfs /dev/shm tmpfs rw 0 0
tmpfs /run/my\040folder tmpfs rw 0 0
/dev/vdb /run/my\040folder/disk xfs rw 0 0
tmpfs /home tmpfs rw 0 0
/dev/vdc /home btrfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind", "in_memory"),
    [
        ("/no/such", "ext4", False),
        ("/dev/shm/bench", "tmpfs", True),
        ("/dev/shmooth", "ext4", False),
        ("/run/my folder/x", "tmpfs", True),
        ("/run/my folder/disk/x", "xfs", False),
        ("/home/a", "btrfs", False),
    ],
)
def test_the_nearest_mount_tells_where_a_folder_lies(
    folder: str, kind: str, in_memory: bool
) -> None:
    found = mount_of(Path(folder), TABLE)

    assert (found.kind, found.in_memory) == (kind, in_memory)


def test_a_table_without_a_place_for_it_is_refused() -> None:
    with pytest.raises(ValueError, match="does not tell where"):
        mount_of(Path("/no/such"), "tmpfs /dev/shm tmpfs rw 0 0\n")
