"""The commands of `tandem`, one module for what belongs together; each is imported when it is run."""
