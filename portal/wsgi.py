"""What gunicorn serves: `gunicorn -c python:portal.gunicorn_conf portal.wsgi:app`."""

import sys

from portal import logs, probes
from portal.app import create_app
from registry.settings import Settings, SettingsError

logs.configure()
try:
    app = create_app(Settings.from_env())
except SettingsError as error:
    # What is wrong is for an operator to read: the lines say it, a stack trace would hide them.
    sys.exit(f"The portal cannot start:\n{error}")
probes.warn_of_loss(app)
