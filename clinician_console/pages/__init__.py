"""The therapist's page: NiceGUI over the core, served to this machine alone."""
