"""What came in, before anything of it is run: the folder, the notebook, and the notebook rebuilt on the release."""
