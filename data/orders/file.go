package orders

import (
	"io"
	"time"

	"winback/data"
	"winback/data/guard"
	"winback/data/parse"
	"winback/data/source"
)

// columnSettings say how the columns of the roles are found and read.
type columnSettings struct {
	Mapping     data.Mapping
	Zone        *time.Location    // clock of zoned timestamps; nil is UTC
	DateOrder   parse.DateOrder   // of text times that do not say it
	Decimal     parse.DecimalSign // of text numbers that do not say it
	Digests     map[string]string // expected SHA-256 in hex by file name or path; may be nil
	MemoryBytes int64             // bound of what is held and decoded; 0 is the guard's default
	Workers     int
}

// columnFile is an order file that has passed the guard, and its columns.
type columnFile struct {
	source.File
	Rows   int64
	SHA256 string // hex, where digests were asked for

	fileNames
	footer *guard.Footer
	cols   fileColumns
}

// rowGroup is a row group of the file, which handle has open.
func (f *columnFile) rowGroup(handle io.ReaderAt, index int, memory int64) *openRowGroup {
	return &openRowGroup{handle, f.footer, index, guard.Limits{MemoryBytes: memory}}
}
