// Package orders reads order files in Parquet into histories: it finds columns by
// role, normalises lines or sets them aside with a reason, keeps them in blocks by
// ranges of customers, in memory, in a spill file or in a store, and walks the
// histories of customers in ascending order of their ids. What is read is written
// in FORMAT.md.
//
// Read reads files into a Table, Table.Each walks it, and History.Before is what
// was known of a customer on a day.
package orders
