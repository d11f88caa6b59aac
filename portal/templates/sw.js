// At the root, so that it serves every page; a new version of the scripts is another address here.
import "{{ asset('pekerja.js') }}";
