"""Property tests find the same examples on every machine, and no slow machine fails them."""

from hypothesis import settings

settings.register_profile("tandem", deadline=None, derandomize=True)
settings.load_profile("tandem")
