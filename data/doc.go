// Package data is what comes in and what goes out: order histories in Parquet
// or CSV become orders.Histories, and the tables of a run become Parquet files.
// What is read and written stands in FORMAT.md of orders and of tables.
package data
