// Package tablelog reads from the log of a Delta Lake or Iceberg table which
// files the table consists of.
//
// Beside the files of such a table lie those that a deletion, an update, an
// overwrite or a compaction has replaced: only the log tells them apart. It is
// read here without an engine: for Delta Lake the commits from the last
// checkpoint on, for Iceberg the newest metadata, its manifest list and its
// manifests. What cannot be read right is refused by the name that the format
// gives it.
//
// All that a log says is doubted: sizes are bounded by the memory limit, files
// must lie in the folder of the table, be there and have the size that the log
// says, and versions must follow each other without a gap.
package tablelog
