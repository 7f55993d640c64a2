"""For every test, in slices and across them."""

pytest_plugins = ["tests.network", "tests.office"]
