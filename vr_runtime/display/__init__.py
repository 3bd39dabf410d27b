"""Where frames go and head and hands come from: headset, window, headless, recorded. One port, many backends."""
