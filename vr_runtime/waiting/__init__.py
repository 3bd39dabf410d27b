"""``vr-runtime wait``: the headset's machine waits for a paired console to ask for a session. docs/decisions/0018."""
