"""What measures the product: suites over data that the product never sees."""
