// Package data is what comes in and what goes out: order histories in Parquet
// or CSV become orders.Histories, and the tables of a run become Parquet files.
// What every table and file holds is written in FORMAT.md beside this file.
package data
