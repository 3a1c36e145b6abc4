package guard

import "slices"

// rawFooter is the footer as it stands in the file.
type rawFooter struct {
	elements  []element
	groups    []RowGroup
	sortedBy  [][]int32 // by row group: column numbers
	rows      int64
	createdBy string
	zones     []string
	encrypted bool
	has       uint64
}

// Fields of the footer.
const (
	fileVersion   = 1
	fileSchema    = 2
	fileRows      = 3
	fileRowGroups = 4
	fileNotes     = 5
)

// Memory that readers take for what the footer lists, rounded up.
const (
	columnChunkBytes = 1024
	schemaNodeBytes  = 512
	elementBytes     = 64
	listedBytes      = 256 // at least, for all that is listed
)

// decodeFooter walks the footer. limit bounds the memory that readers will
// need for it.
func decodeFooter(b []byte, limit int64) (*rawFooter, *Error) {
	t := &thrift{b: b, most: limit / listedBytes}
	f := &rawFooter{}
	t.structure(func(id int16, typ byte) {
		if id >= 0 && id < 64 {
			f.has |= 1 << id
		}
		t.footerField(f, id, typ)
	})
	if t.err != nil {
		return nil, wrong("the footer is damaged: %s", t.err.What)
	}
	if err := f.complete(); err != nil {
		return nil, err
	}
	switch left := len(b) - t.at; {
	case f.encrypted:
		return nil, wrong("the file is encrypted or signed, which cannot be read")
	case left != 0:
		return nil, wrong("the footer is damaged: %s follow its end", bytesText(int64(left)))
	}
	need := int64(3*len(b)) + t.elements*elementBytes + int64(len(f.elements))*schemaNodeBytes
	for i := range f.groups {
		need += int64(len(f.groups[i].Chunks)) * columnChunkBytes
	}
	if need > limit {
		return nil, wrong("the footer would take %s of memory, the limit is %s", bytesText(need), bytesText(limit))
	}
	return f, nil
}

func (f *rawFooter) complete() *Error {
	for _, field := range []struct {
		id   int
		name string
	}{{fileVersion, "version"}, {fileSchema, "schema"}, {fileRows, "number of rows"}, {fileRowGroups, "row groups"}} {
		if f.has&(1<<field.id) == 0 {
			return wrong("the footer is damaged: it has no %s", field.name)
		}
	}
	return nil
}

func (t *thrift) footerField(f *rawFooter, id int16, typ byte) {
	switch id {
	case fileVersion:
		t.i32(typ, "version")
	case fileSchema:
		n := t.list(typ, thriftStruct, "schema")
		for i := 0; i < n && t.err == nil; i++ {
			f.elements = append(f.elements, t.schemaElement())
		}
	case fileRows:
		f.rows = t.i64(typ, "number of rows")
	case fileRowGroups:
		n := t.list(typ, thriftStruct, "row groups")
		for i := 0; i < n && t.err == nil; i++ {
			g, sortedBy := t.rowGroup(len(f.elements))
			f.groups = append(f.groups, g)
			f.sortedBy = append(f.sortedBy, sortedBy)
		}
	case fileNotes:
		from := t.at
		t.skip(typ)
		f.zones = zonesIn(t.b[from:t.at])
	case 6:
		f.createdBy = t.text(typ, "created by")
	case 8, 9:
		f.encrypted = true
		t.skip(typ)
	default:
		t.skip(typ)
	}
}

func (t *thrift) rowGroup(nodes int) (g RowGroup, sortedBy []int32) {
	var has uint64
	t.structure(func(id int16, typ byte) {
		if id >= 0 && id < 64 {
			has |= 1 << id
		}
		switch id {
		case 1:
			n := t.list(typ, thriftStruct, "columns of a row group")
			if n > nodes {
				t.fail("a row group has %d columns, the schema fewer", n)
			}
			g.Chunks = make([]Chunk, 0, min(n, nodes))
			for i := 0; i < n && t.err == nil; i++ {
				g.Chunks = append(g.Chunks, t.chunk())
			}
		case 2:
			g.TotalBytes = t.i64(typ, "size of a row group")
		case 3:
			g.Rows = t.i64(typ, "rows of a row group")
		case 4:
			n := t.list(typ, thriftStruct, "sorting columns")
			for i := 0; i < n && t.err == nil; i++ {
				sortedBy = append(sortedBy, t.sortingColumn())
			}
		default:
			t.skip(typ)
		}
	})
	if t.err == nil && has&0b1110 != 0b1110 {
		t.fail("a row group lacks its columns, size or number of rows")
	}
	return g, sortedBy
}

func (t *thrift) sortingColumn() (column int32) {
	t.structure(func(id int16, typ byte) {
		if id == 1 {
			column = t.i32(typ, "sorting column")
			return
		}
		t.skip(typ)
	})
	return column
}

func (t *thrift) chunk() (c Chunk) {
	var has uint64
	t.structure(func(id int16, typ byte) {
		if id >= 0 && id < 64 {
			has |= 1 << id
		}
		switch {
		case id == 3 && t.is(typ, thriftStruct, "column metadata"):
			t.chunkMetadata(&c)
		case id == 1:
			c.otherFile = t.text(typ, "file path") != ""
		case id == 8 || id == 9:
			c.encrypted = true
			t.skip(typ)
		default:
			t.skip(typ)
		}
	})
	if t.err == nil && has&(1<<3) == 0 && !c.encrypted {
		t.fail("a column of a row group has no metadata")
	}
	return c
}

func (t *thrift) chunkMetadata(c *Chunk) {
	t.structure(func(id int16, typ byte) {
		if id >= 0 && id < 64 {
			c.stated |= 1 << id
		}
		switch id {
		case 1:
			c.physical = Physical(t.i32(typ, "physical type"))
		case 2:
			n := t.list(typ, thriftI32, "encodings")
			for i := 0; i < n && t.err == nil; i++ {
				c.encodings = append(c.encodings, Encoding(t.i32(thriftI32, "encoding")))
			}
		case 3:
			n := t.list(typ, thriftBinary, "column path")
			for i := 0; i < n && t.err == nil; i++ {
				c.path = append(c.path, string(t.take()))
			}
		case 4:
			c.Codec = Codec(t.i32(typ, "compression"))
		case 5:
			c.Values = t.i64(typ, "number of values")
		case 6:
			c.UncompressedBytes = t.i64(typ, "uncompressed size")
		case 7:
			c.CompressedBytes = t.i64(typ, "compressed size")
		case 9:
			c.DataOffset = t.i64(typ, "place of the data")
		case 11:
			c.DictionaryOffset = t.i64(typ, "place of the dictionary")
		case 12:
			t.statistics(c, typ)
		case 13:
			n := t.list(typ, thriftStruct, "page counts")
			for i := 0; i < n && t.err == nil; i++ {
				c.pageStats = append(c.pageStats, t.pageStat())
			}
		default:
			t.skip(typ)
		}
	})
}

// statistics takes the count of nulls; no other part of them is believed.
func (t *thrift) statistics(c *Chunk, typ byte) {
	if typ != thriftStruct {
		t.skip(typ)
		return
	}
	t.structure(func(id int16, typ byte) {
		if id == 3 && typ == thriftI64 {
			c.Nulls, c.NullsStated = t.i64(typ, "number of nulls"), true
			return
		}
		t.skip(typ)
	})
}

func (t *thrift) pageStat() (s pageStat) {
	t.structure(func(id int16, typ byte) {
		switch id {
		case 1:
			s.kind = t.i32(typ, "page type")
		case 2:
			s.encoding = Encoding(t.i32(typ, "page encoding"))
		case 3:
			s.pages = int64(t.i32(typ, "number of pages"))
		default:
			t.skip(typ)
		}
	})
	return s
}

func (c *Chunk) lists(e Encoding) bool { return slices.Contains(c.encodings, e) }
