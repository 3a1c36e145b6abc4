"""The nightly batch of winback over a table that Spark reads: docs/scale.md."""
