"""The parts of pages that are made from the code: one room for each subject."""
