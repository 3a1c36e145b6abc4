package shop

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// Create opens a new file of the shop for writing. The shop closes what it
// opened. Names are plain file names without a folder.
type Create func(name string) (io.WriteCloser, error)

// orderLine names the columns of the order files, in their order. Ids are
// written plain, names that repeat by dictionary.
type orderLine struct {
	CustomerID string `parquet:"customer_id,plain"`
	OrderID    string `parquet:"order_id,plain"`
	OrderedAt  int64  `parquet:"ordered_at,timestamp(microsecond:local),plain"`
	ProductID  string `parquet:"product_id,dict"`
	Category   string `parquet:"category,dict"`
	Quantity   int32  `parquet:"quantity,plain"`
	UnitPrice  int64  `parquet:"unit_price,decimal(2:10),plain"`
	Channel    string `parquet:"channel,dict"`
}

const (
	columnCustomer = iota
	columnOrder
	columnTime
	columnProduct
	columnCategory
	columnQuantity
	columnPrice
	columnChannel
	columnCount
)

// batchRows are handed to the Parquet writer at a time: few enough that eight
// columns of values stay in the processor's cache.
const batchRows = 2048

// rowGroupRows is where a row group ends: at the first full batch past it.
const rowGroupRows = 1_000_000

// orderFile writes one Parquet file of order lines, column by column. After an
// error the file is worth nothing; close must be called in any case.
type orderFile struct {
	name    string
	out     io.WriteCloser
	writer  *parquet.GenericWriter[orderLine]
	columns []*parquet.ColumnWriter
	batch   [columnCount][]parquet.Value
	filled  int // rows in the batch
	grouped int // rows in the row group, without the batch
	err     error
}

func newOrderFile(name string, create Create) (*orderFile, error) {
	out, err := create(name)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", name, err)
	}
	f := &orderFile{name: name, out: out}
	f.writer = parquet.NewGenericWriter[orderLine](out,
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedFastest}),
		parquet.CreatedBy("winback", "", ""))
	f.columns = f.writer.ColumnWriters()
	for c := range f.batch {
		f.batch[c] = make([]parquet.Value, batchRows)
	}
	return f, nil
}

// lineValues are the values of one order line. The bytes of a value must stay
// unchanged until batchRows further lines were added or the file was closed.
type lineValues [columnCount]parquet.Value

// add appends a line. The first error stays and is returned by close.
func (f *orderFile) add(line *lineValues) {
	for c := range f.batch {
		f.batch[c][f.filled] = line[c]
	}
	f.filled++
	if f.filled == batchRows {
		f.flushBatch()
	}
}

func (f *orderFile) flushBatch() {
	if f.err == nil {
		f.err = f.writeBatch()
	}
	f.filled = 0
}

func (f *orderFile) writeBatch() error {
	for c, column := range f.columns {
		if _, err := column.WriteRowValues(f.batch[c][:f.filled]); err != nil {
			return err
		}
	}
	f.grouped += f.filled
	if f.grouped < rowGroupRows {
		return nil
	}
	f.grouped = 0
	return f.writer.Flush()
}

// close writes what is left and the footer, and closes the file. It returns the
// first error of the file's life.
func (f *orderFile) close() error {
	f.flushBatch()
	if f.err == nil {
		f.err = f.writer.Close()
	}
	if err := f.out.Close(); f.err == nil {
		f.err = err
	}
	if f.err != nil {
		return fmt.Errorf("write %s: %w", f.name, f.err)
	}
	return nil
}

// textValue returns the Parquet value of a text that never changes.
func textValue(s string) parquet.Value { return parquet.ByteArrayValue([]byte(s)) }

// putDigits writes n with leading zeros into dst.
func putDigits(dst []byte, n uint64) {
	for i := len(dst) - 1; i >= 0; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
}
