"""What helps to write rules: a first draft, trials on real documents, a lint with measured worst cases."""
