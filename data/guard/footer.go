package guard

import "sync/atomic"

// Physical is how the values of a column are stored, with the codes of the
// Parquet format.
type Physical int32

// The physical types.
const (
	Boolean Physical = iota
	Int32
	Int64
	Int96
	Float
	Double
	ByteArray
	FixedLenByteArray
)

var physicalNames = [...]string{"BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"}

// String writes the name that the Parquet format gives the type.
func (p Physical) String() string { return nameOf(physicalNames[:], int32(p)) }

// Codec is the compression of a column chunk, with the codes of the format.
type Codec int32

// The codecs of the format. LZO cannot be read. LZ4 is deprecated and means the
// framing of Hadoop, or none, as that of LZ4Raw.
const (
	Uncompressed Codec = iota
	Snappy
	Gzip
	LZO
	Brotli
	LZ4
	Zstd
	LZ4Raw
)

var codecNames = [...]string{"UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"}

// String writes the name that the Parquet format gives the codec.
func (c Codec) String() string { return nameOf(codecNames[:], int32(c)) }

// Encoding is how values are laid out in a page, with the codes of the format.
type Encoding int32

// The encodings of the format; 1 was never used.
const (
	Plain                Encoding = 0
	PlainDictionary      Encoding = 2
	RLE                  Encoding = 3
	BitPacked            Encoding = 4
	DeltaBinaryPacked    Encoding = 5
	DeltaLengthByteArray Encoding = 6
	DeltaByteArray       Encoding = 7
	RLEDictionary        Encoding = 8
	ByteStreamSplit      Encoding = 9
)

var encodingNames = [...]string{"PLAIN", "GROUP_VAR_INT", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED",
	"DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"}

// String writes the name that the Parquet format gives the encoding.
func (e Encoding) String() string { return nameOf(encodingNames[:], int32(e)) }

func (e Encoding) dictionary() bool { return e == PlainDictionary || e == RLEDictionary }

// Footer is what the end of a Parquet file says about it, checked against
// itself and against the size of the file.
type Footer struct {
	Columns   []Column // leaves of the schema, in file order
	RowGroups []RowGroup
	Rows      int64    // rows of the file; the sum over the row groups
	CreatedBy string   // the writing program in its own words, may be empty
	Zones     []string // names such as Europe/Berlin that the writing program notes for columns of moments; may be none

	checksums []atomic.Int32 // by row group: what the first checked chunk of it had
}

// Column is a leaf of the schema.
type Column struct {
	Name     string // path of names joined with dots
	Path     []string
	Physical Physical
	Length   int  // bytes of a value of FixedLenByteArray; 0 for other types
	Optional bool // the leaf itself may be null
	Logical  Logical
	FieldID  int32 // the number by which a table format knows the column; 0: none

	MaxDefinition int // highest definition level; 0: no value is ever null
	MaxRepetition int // highest repetition level; above 0 a row holds a list of values
}

// Flat says whether the column is a child of the root with one value or null per row.
func (c *Column) Flat() bool { return len(c.Path) == 1 && c.MaxRepetition == 0 }

// RowGroup is a horizontal slice of the file.
type RowGroup struct {
	Rows       int64
	TotalBytes int64   // size of the uncompressed data as the writer says; not checked, writers differ in its meaning
	Chunks     []Chunk // one for each column, in the order of Footer.Columns
}

// Chunk is where the values of one column in one row group lie.
type Chunk struct {
	Codec             Codec
	Values            int64 // values and nulls
	UncompressedBytes int64 // of all pages with their headers
	CompressedBytes   int64 // of all pages with their headers, as they lie in the file
	DataOffset        int64 // byte of the file at which the first data page starts
	DictionaryOffset  int64 // byte at which the dictionary starts, 0 where none is named
	Nulls             int64 // as the writer says; not checked
	NullsStated       bool

	physical  Physical
	path      []string
	encodings []Encoding
	pageStats []pageStat
	stated    uint64 // fields that the footer holds, as bits
	encrypted bool
	otherFile bool
}

// pageStat is the writer's count of pages of one kind and encoding.
type pageStat struct {
	kind     int32
	encoding Encoding
	pages    int64
}

// Start is the byte of the file at which the chunk starts.
func (c *Chunk) Start() int64 {
	if c.DictionaryOffset > 0 {
		return c.DictionaryOffset
	}
	return c.DataOffset
}

// End is the byte of the file after the chunk.
func (c *Chunk) End() int64 { return c.Start() + c.CompressedBytes }

func nameOf(names []string, code int32) string {
	if code >= 0 && int(code) < len(names) {
		return names[code]
	}
	return "unknown code " + count(int64(code))
}
