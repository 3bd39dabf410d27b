"""The headset: any OpenXR runtime. Importing ``xr`` changes the process (it chooses PyOpenGL's platform), so it is
imported in this package alone, and this package is imported only when a headset is asked for."""
