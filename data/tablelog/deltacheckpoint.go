package tablelog

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"

	"winback/data/guard"
	"winback/internal/fsys"
)

// readParquet applies the actions of a checkpoint or sidecar, one a row.
func (s *deltaState) readParquet(name string) error {
	path := fsys.Join(s.log.folder, name)
	f, err := s.log.fsy.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	limits := guard.Limits{MemoryBytes: s.log.most}
	err = guard.Run(path, func() error {
		footer, err := guard.Check(f, info.Size(), limits)
		if err != nil {
			return err
		}
		file, err := parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.FileReadMode(parquet.ReadModeSync))
		if err != nil {
			return err
		}
		for g, group := range file.RowGroups() {
			c := checkpointGroup{log: s.log, handle: f, footer: footer, limits: limits, group: g, chunks: group.ColumnChunks()}
			if err := c.apply(s); err != nil {
				return err
			}
			s.log.room += c.held
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// checkpointGroup is a row group of a checkpoint while it is read.
type checkpointGroup struct {
	log    *log
	handle io.ReaderAt
	footer *guard.Footer
	limits guard.Limits
	group  int
	chunks []parquet.ColumnChunk
	held   int64 // bytes
	err    error // the first
}

// cell is a value of a column that is there, or a null within a list.
type cell struct {
	row  int
	text string
	num  int64
	null bool
}

// column reads the leaf at a path, or the nth leaf below it; nil where the file
// has none.
func (g *checkpointGroup) column(path string, nth int) []cell {
	want := strings.Split(path, ".")
	for i, c := range g.footer.Columns {
		if len(c.Path) >= len(want) && slices.Equal(c.Path[:len(want)], want) {
			if nth == 0 {
				return g.cells(i)
			}
			nth--
		}
	}
	return nil
}

func (g *checkpointGroup) cells(column int) []cell {
	if g.err != nil {
		return nil
	}
	if _, g.err = g.footer.CheckChunk(g.handle, g.group, column, g.limits); g.err != nil {
		return nil
	}
	kind := g.footer.Columns[column].Physical
	whole := kind == guard.Int32 || kind == guard.Int64
	if !whole && kind != guard.ByteArray {
		g.err = fmt.Errorf("column %q: want text or a whole number, have %s", g.footer.Columns[column].Name, kind)
		return nil
	}
	pages := g.chunks[column].Pages()
	defer pages.Close()
	values := cellReader{checkpointGroup: g, whole: whole, inList: g.footer.Columns[column].MaxRepetition > 0, row: -1}
	for g.err == nil {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return values.cells
		}
		if err != nil {
			g.err = err
			break
		}
		values.read(page.Values())
		parquet.Release(page)
	}
	return nil
}

// cellReader gathers the values of a column.
type cellReader struct {
	*checkpointGroup
	whole, inList bool
	row           int
	cells         []cell
}

func (r *cellReader) read(from parquet.ValueReader) {
	var values [512]parquet.Value
	for r.err == nil {
		n, err := from.ReadValues(values[:])
		for _, v := range values[:n] {
			r.add(v)
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			r.err = err
		}
	}
}

func (r *cellReader) add(v parquet.Value) {
	if v.RepetitionLevel() == 0 {
		r.row++
	}
	c := cell{row: r.row, null: v.IsNull()}
	switch {
	case c.null && !r.inList:
		return
	case c.null:
	case r.whole:
		c.num = v.Int64()
	default:
		c.text = string(v.ByteArray())
	}
	r.hold(len(c.text) + 48)
	r.cells = append(r.cells, c)
}

func (g *checkpointGroup) hold(bytes int) {
	g.held += int64(bytes)
	if err := g.log.hold(bytes); err != nil && g.err == nil {
		g.err = err
	}
}

// apply applies the actions of the group that say what the table is.
func (g *checkpointGroup) apply(s *deltaState) error {
	g.applyProtocol(s)
	g.applyMetaData(s)
	for _, c := range g.column("sidecar.path", 0) {
		s.sidecars = append(s.sidecars, c.text)
	}
	adds := g.adds()
	if g.err != nil {
		return g.err
	}
	for _, f := range adds {
		if err := s.add(f); err != nil {
			return err
		}
	}
	return nil
}

func (g *checkpointGroup) applyProtocol(s *deltaState) {
	for _, c := range g.column("protocol.minReaderVersion", 0) {
		s.protocol = &deltaProtocol{MinReaderVersion: int(c.num)}
		for _, feature := range g.column("protocol.readerFeatures", 0) {
			if feature.row == c.row && !feature.null {
				s.protocol.ReaderFeatures = append(s.protocol.ReaderFeatures, feature.text)
			}
		}
	}
}

func (g *checkpointGroup) applyMetaData(s *deltaState) {
	for _, c := range g.column("metaData.schemaString", 0) {
		s.metaData = &deltaMetaData{SchemaString: c.text, Configuration: map[string]string{}}
		for _, name := range g.column("metaData.partitionColumns", 0) {
			if name.row == c.row && !name.null {
				s.metaData.PartitionColumns = append(s.metaData.PartitionColumns, name.text)
			}
		}
		for key, value := range g.pairs("metaData.configuration")[c.row] {
			if value != nil {
				s.metaData.Configuration[key] = *value
			}
		}
	}
}

// pairs reads a column of maps from text to text, by row.
func (g *checkpointGroup) pairs(path string) map[int]map[string]*string {
	keys, values := g.column(path, 0), g.column(path, 1)
	if g.err != nil {
		return nil
	}
	if len(keys) != len(values) {
		g.err = fmt.Errorf("column %s: %d keys and %d values", path, len(keys), len(values))
		return nil
	}
	rows := map[int]map[string]*string{}
	for i, key := range keys {
		if key.null || key.row != values[i].row {
			continue
		}
		if rows[key.row] == nil {
			rows[key.row] = map[string]*string{}
		}
		rows[key.row][key.text] = nil
		if !values[i].null {
			rows[key.row][key.text] = &values[i].text
		}
	}
	return rows
}

// adds are the files that the group adds. Those that it removes are not among
// the files of the table any more.
func (g *checkpointGroup) adds() []*deltaAdd {
	paths := g.column("add.path", 0)
	if len(paths) == 0 || g.err != nil {
		return nil
	}
	byRow := make(map[int]*deltaAdd, len(paths))
	files := make([]*deltaAdd, len(paths))
	for i, c := range paths {
		files[i] = &deltaAdd{Path: c.text, Size: -1}
		byRow[c.row] = files[i]
	}
	each := func(path string, set func(f *deltaAdd, c cell)) {
		for _, c := range g.column(path, 0) {
			if f := byRow[c.row]; f != nil && !c.null {
				set(f, c)
			}
		}
	}
	each("add.size", func(f *deltaAdd, c cell) { f.Size = c.num })
	each("add.deletionVector.storageType", func(f *deltaAdd, c cell) { f.DeletionVector = &deletionVector{StorageType: c.text} })
	each("add.deletionVector.pathOrInlineDv", func(f *deltaAdd, c cell) {
		if f.DeletionVector != nil {
			f.DeletionVector.PathOrInlineDv = c.text
		}
	})
	each("add.deletionVector.offset", func(f *deltaAdd, c cell) {
		if f.DeletionVector != nil {
			f.DeletionVector.Offset = &c.num
		}
	})
	for row, values := range g.pairs("add.partitionValues") {
		if f := byRow[row]; f != nil {
			f.PartitionValues = values
		}
	}
	return files
}
