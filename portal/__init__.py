"""The portal: what people see of the registration. Flask; talks to the domain in `registry`."""
