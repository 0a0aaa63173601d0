"""The pages of a purchase, from the checkout to the last download."""
