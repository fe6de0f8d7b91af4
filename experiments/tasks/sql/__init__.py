"""The benchmarks `shop-sql` and `library-sql`."""
