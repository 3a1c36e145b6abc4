// Package shop makes synthetic shops: the demo shop, whose truth is planted so
// that the batch can be judged by it, and large even shops to measure speed
// with. Both are written as Parquet files of order lines.
//
// The clock and the machine play no part: the same seed gives the same bytes.
package shop
