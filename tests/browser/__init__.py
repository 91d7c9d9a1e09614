"""The pages in a real browser, as the people see them who use them."""
