package guard

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	compact "github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// exhibit is a Parquet file taken apart, to be put together wrongly.
type exhibit struct {
	footer format.FileMetaData
	pages  [][][]exhibitPage // by row group and column
}

type exhibitPage struct {
	header format.PageHeader
	body   []byte
}

type exhibitRow struct {
	Customer int64   `parquet:"customer_id"`
	Amount   *int64  `parquet:"amount,optional,decimal(2:12)"`
	Product  *string `parquet:"product,optional,plain"`
	Channel  string  `parquet:"channel,dict"`
	Time     int64   `parquet:"order_time,timestamp(microsecond),delta"`
}

func exhibitRows() []exhibitRow {
	rows := make([]exhibitRow, 40)
	for i := range rows {
		amount, product := int64(i*100), "sku-1234567"[:5+i%7]
		rows[i] = exhibitRow{int64(i), &amount, &product, []string{"web", "phone", "shop"}[i%3], int64(i) * 1e9}
		if i%4 == 0 {
			rows[i].Amount, rows[i].Product = nil, nil
		}
	}
	return rows
}

// takeApart writes a small sound file without checksums and takes it apart.
func takeApart(t *testing.T, options ...parquet.WriterOption) *exhibit {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[exhibitRow](&b, append(options, parquet.MaxRowsPerRowGroup(20))...)
	if _, err := w.Write(exhibitRows()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file, e := b.Bytes(), &exhibit{}
	n := int(binary.LittleEndian.Uint32(file[len(file)-8:]))
	if err := compact.Unmarshal(new(compact.CompactProtocol), file[len(file)-8-n:len(file)-8], &e.footer); err != nil {
		t.Fatal(err)
	}
	e.footer.CreatedBy, e.footer.KeyValueMetadata = "museum", nil
	for g := range e.footer.RowGroups {
		e.pages = append(e.pages, nil)
		for c := range e.footer.RowGroups[g].Columns {
			column := &e.footer.RowGroups[g].Columns[c]
			column.ColumnIndexOffset, column.ColumnIndexLength, column.OffsetIndexOffset, column.OffsetIndexLength = 0, 0, 0, 0
			m := &column.MetaData
			start := m.DataPageOffset
			if m.DictionaryPageOffset > 0 {
				start = m.DictionaryPageOffset
			}
			var pages []exhibitPage
			for rest := file[start : start+m.TotalCompressedSize]; len(rest) > 0; {
				var p exhibitPage
				r := new(compact.CompactProtocol).NewReaderFromBytes(rest)
				if err := compact.NewDecoder(r).Decode(&p.header); err != nil {
					t.Fatal(err)
				}
				rest = rest[r.BytesRead():]
				p.body, rest = rest[:p.header.CompressedPageSize], rest[p.header.CompressedPageSize:]
				p.header.CRC = 0
				pages = append(pages, p)
			}
			e.pages[g] = append(e.pages[g], pages)
		}
	}
	return e
}

// metadata is that of a column in the first row group.
func (e *exhibit) metadata(column int) *format.ColumnMetaData {
	return &e.footer.RowGroups[0].Columns[column].MetaData
}

// page is the last page of a column in the first row group.
func (e *exhibit) page(column int) *exhibitPage {
	pages := e.pages[0][column]
	return &pages[len(pages)-1]
}

// setBody gives the page another body, with its sizes.
func (p *exhibitPage) setBody(b []byte) {
	p.header.CompressedPageSize = int32(len(b))
	p.header.UncompressedPageSize = int32(len(b))
	p.body = b
}

func (p *exhibitPage) sum() { p.header.CRC = int32(crc32.ChecksumIEEE(p.body)) }

// build puts the file together, with every chunk where it then lies. Where
// edit is not nil it changes the footer after that.
func (e *exhibit) build(t *testing.T, edit func(*format.FileMetaData)) []byte {
	t.Helper()
	file := []byte(magic)
	for g := range e.pages {
		for c, pages := range e.pages[g] {
			m := &e.footer.RowGroups[g].Columns[c].MetaData
			m.DictionaryPageOffset, m.DataPageOffset, m.TotalCompressedSize = 0, 0, int64(-len(file))
			for _, p := range pages {
				if p.header.Type == format.DictionaryPage && m.DictionaryPageOffset == 0 {
					m.DictionaryPageOffset = int64(len(file))
				} else if p.header.Type != format.DictionaryPage && m.DataPageOffset == 0 {
					m.DataPageOffset = int64(len(file))
				}
				file = append(append(file, marshal(t, &p.header)...), p.body...)
			}
			m.TotalCompressedSize += int64(len(file))
		}
	}
	if edit != nil {
		edit(&e.footer)
	}
	return withFooter(file, marshal(t, &e.footer))
}

func withFooter(pages, footer []byte) []byte {
	file := append(bytes.Clone(pages), footer...)
	file = binary.LittleEndian.AppendUint32(file, uint32(len(footer)))
	return append(file, magic...)
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	b, err := compact.Marshal(new(compact.CompactProtocol), v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	customerColumn = iota
	amountColumn
	productColumn
	channelColumn
	timeColumn
)

// museum makes every exhibit anew.
func museum(t *testing.T) map[string][]byte {
	plain := func() *exhibit { return takeApart(t, parquet.DataPageVersion(1)) }
	second := func() *exhibit { return takeApart(t, parquet.DataPageVersion(2)) }
	footer := func(edit func(*format.FileMetaData)) []byte { return plain().build(t, edit) }
	column := func(c int, edit func(*format.ColumnMetaData)) []byte {
		return footer(func(f *format.FileMetaData) { edit(&f.RowGroups[0].Columns[c].MetaData) })
	}
	page := func(e *exhibit, c int, edit func(*exhibitPage)) []byte {
		edit(e.page(c))
		return e.build(t, nil)
	}
	sound := plain().build(t, nil)
	made := map[string][]byte{
		"empty":                {},
		"two-bytes":            []byte("PA"),
		"only-marks":           []byte("PAR1PAR1"),
		"csv":                  []byte("customer_id,order_id,amount\n17850,536365,15.30\n"),
		"csv-semicolon-bom":    []byte("\xef\xbb\xbfcustomer;amount\n1;2,50\n"),
		"csv-gzip":             []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"),
		"json":                 []byte(`{"customer_id": 17850, "amount": 15.3}`),
		"html-login-page":      []byte("<!DOCTYPE html><html><head><title>Sign in</title>"),
		"excel":                []byte("PK\x03\x04\x14\x00\x06\x00\x08\x00"),
		"arrow":                []byte("ARROW1\x00\x00\xff\xff\xff\xff"),
		"zeros":                make([]byte, 600),
		"text":                 []byte("nothing to see here\n"),
		"random":               {0x8f, 0x03, 0x99, 0xfe, 0x00, 0x12, 0x77, 0x81, 0xaa},
		"cut-end":              sound[:len(sound)*2/3],
		"cut-start":            sound[300:],
		"encrypted":            append(bytes.Clone(sound[:len(sound)-4]), encryptedMagic...),
		"footer-too-long":      append(append(bytes.Clone(sound[:len(sound)-8]), 0xff, 0xff, 0xff, 0x7f), magic...),
		"footer-zeros":         withFooter(sound[:200], make([]byte, 100)),
		"footer-giant-list":    withFooter(sound[:200], []byte{0x15, 2, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0}),
		"footer-deep":          withFooter(sound[:200], bytes.Repeat([]byte{0xfc}, 4000)),
		"footer-field-twice":   withFooter(sound[:200], []byte{0x15, 2, 0x05, 2, 4, 0}),
		"rows-do-not-add-up":   footer(func(f *format.FileMetaData) { f.NumRows = 41 }),
		"rows-negative":        footer(func(f *format.FileMetaData) { f.RowGroups[1].NumRows = -20 }),
		"schema-short":         footer(func(f *format.FileMetaData) { f.Schema = f.Schema[:4] }),
		"schema-long":          footer(func(f *format.FileMetaData) { f.Schema[0].NumChildren = compact.New[int32](4) }),
		"column-missing":       footer(func(f *format.FileMetaData) { f.RowGroups[1].Columns = f.RowGroups[1].Columns[:4] }),
		"column-renamed":       footer(func(f *format.FileMetaData) { f.Schema[2].Name = "amaunt" }),
		"column-other-type":    footer(func(f *format.FileMetaData) { f.RowGroups[0].Columns[4].MetaData.Type = format.Double }),
		"column-encrypted":     footer(func(f *format.FileMetaData) { f.RowGroups[0].Columns[1].EncryptedColumnMetadata = []byte("secret") }),
		"column-in-other-file": footer(func(f *format.FileMetaData) { f.RowGroups[0].Columns[1].FilePath = "part-0.parquet" }),
		"number-as-text": footer(func(f *format.FileMetaData) {
			f.Schema[1].LogicalType = format.LogicalType{Value: new(format.StringType)}
		}),
		"text-on-converted": footer(func(f *format.FileMetaData) {
			f.Schema[1].LogicalType = format.LogicalType{}
			f.Schema[1].ConvertedType = compact.New(deprecated.UTF8)
		}),
		"decimal-digits": footer(func(f *format.FileMetaData) {
			f.Schema[2].LogicalType = format.LogicalType{Value: &format.DecimalType{Scale: 2, Precision: 40}}
		}),
		"decimal-scale": footer(func(f *format.FileMetaData) {
			f.Schema[2].LogicalType = format.LogicalType{Value: &format.DecimalType{Scale: 13, Precision: 12}}
		}),
		"time-without-unit": footer(func(f *format.FileMetaData) {
			f.Schema[5].LogicalType = format.LogicalType{Value: new(format.TimestampType)}
		}),
		"sorted-by-nothing":  footer(func(f *format.FileMetaData) { f.RowGroups[0].SortingColumns = []format.SortingColumn{{ColumnIdx: 9}} }),
		"chunk-values":       column(2, func(m *format.ColumnMetaData) { m.NumValues = 7 }),
		"chunk-outside":      column(2, func(m *format.ColumnMetaData) { m.TotalCompressedSize = 1 << 40 }),
		"chunk-before-file":  column(2, func(m *format.ColumnMetaData) { m.DataPageOffset = 2 }),
		"chunk-overlaps":     column(2, func(m *format.ColumnMetaData) { m.TotalCompressedSize += 30 }),
		"chunk-page-outside": column(3, func(m *format.ColumnMetaData) { m.DataPageOffset += 1 << 20 }),
		"chunk-codec":        column(2, func(m *format.ColumnMetaData) { m.Codec = format.LZO }),
		"chunk-codecs-mixed": footer(func(f *format.FileMetaData) { f.RowGroups[1].Columns[1].MetaData.Codec = format.Gzip }),
		"chunk-encodings":    column(4, func(m *format.ColumnMetaData) { m.Encoding = []format.Encoding{format.Plain} }),
		"page-larger-than-chunk": page(plain(), customerColumn, func(p *exhibitPage) {
			p.header.CompressedPageSize, p.header.UncompressedPageSize = 2_000_000_000, 2_000_000_000
		}),
		"page-negative":   page(plain(), customerColumn, func(p *exhibitPage) { p.header.CompressedPageSize = -1 }),
		"page-type":       page(plain(), customerColumn, func(p *exhibitPage) { p.header.Type = format.IndexPage }),
		"page-encoding":   page(plain(), customerColumn, func(p *exhibitPage) { p.header.DataPageHeader.V.Encoding = format.DeltaByteArray }),
		"page-values":     page(plain(), customerColumn, func(p *exhibitPage) { p.header.DataPageHeader.V.NumValues = 19 }),
		"page-checksum":   page(plain(), customerColumn, func(p *exhibitPage) { p.sum(); p.body = append([]byte{1}, p.body[1:]...) }),
		"page-header-cut": page(plain(), customerColumn, func(p *exhibitPage) { p.header = format.PageHeader{}; p.setBody(nil) }),
		"page-short":      page(plain(), customerColumn, func(p *exhibitPage) { p.setBody(p.body[:100]) }),
		"page-text-outside": page(plain(), productColumn, func(p *exhibitPage) {
			b := bytes.Clone(p.body)
			binary.LittleEndian.PutUint32(b[len(b)-10-4:], 1<<30) // the last text has 10 bytes
			p.setBody(b)
		}),
		"page-levels-outside": page(plain(), productColumn, func(p *exhibitPage) { p.setBody(append([]byte{0, 0, 0, 9}, p.body[4:]...)) }),
		"page-levels-giant-run": page(plain(), productColumn, func(p *exhibitPage) {
			p.setBody(append([]byte{6, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0x0f, 1}, p.body[4:]...))
		}),
		"page-bit-packed-levels": page(plain(), productColumn, func(p *exhibitPage) { p.header.DataPageHeader.V.DefinitionLevelEncoding = format.BitPacked }),
		"page-v2-nulls":          page(second(), amountColumn, func(p *exhibitPage) { p.header.DataPageHeaderV2.V.NumNulls = 19 }),
		"page-v2-levels-outside": page(second(), amountColumn, func(p *exhibitPage) { p.header.DataPageHeaderV2.V.DefinitionLevelsByteLength = 1 << 20 }),
		"page-v2-no-levels":      page(second(), amountColumn, func(p *exhibitPage) { p.header.DataPageHeaderV2.V.DefinitionLevelsByteLength = 0 }),
		"page-delta-giant":       page(plain(), timeColumn, func(p *exhibitPage) { p.setBody([]byte{0x80, 1, 4, 0xff, 0xff, 0xff, 0xff, 7, 0}) }),
		"dictionary-number":      page(plain(), channelColumn, func(p *exhibitPage) { p.setBody([]byte{8, 20 << 1, 77}) }),
		"dictionary-giant-run":   page(plain(), channelColumn, func(p *exhibitPage) { p.setBody([]byte{2, 0xfe, 0xff, 0xff, 0xff, 0x0f, 1}) }),
		"dictionary-width":       page(plain(), channelColumn, func(p *exhibitPage) { p.setBody([]byte{99, 20 << 1, 1}) }),
	}
	lost := plain()
	lost.pages[0][channelColumn] = lost.pages[0][channelColumn][1:]
	made["dictionary-lost"] = lost.build(t, nil)
	twice := plain()
	twice.pages[0][channelColumn] = append(twice.pages[0][channelColumn][:1:1], twice.pages[0][channelColumn]...)
	made["dictionary-twice"] = twice.build(t, nil)
	few := plain()
	few.pages[0][channelColumn][0].header.DictionaryPageHeader.V.NumValues = 2
	made["dictionary-count"] = few.build(t, nil)
	some := plain()
	some.pages[0][channelColumn][0].sum()
	made["checksums-lost-page"] = some.build(t, nil)
	column0 := plain()
	column0.page(customerColumn).sum()
	made["checksums-lost-column"] = column0.build(t, nil)
	made["snappy-bomb"] = page(takeApart(t, parquet.DataPageVersion(1), parquet.Compression(&parquet.Snappy)), customerColumn,
		func(p *exhibitPage) {
			p.body = append([]byte{0xff, 0xff, 0xff, 0xff, 0x0f}, p.body[2:]...)
			p.header.CompressedPageSize += 3
		})
	bomb := make([]byte, 2<<20)
	made["gzip-bomb"] = page(takeApart(t, parquet.DataPageVersion(1), parquet.Compression(&parquet.Gzip)), customerColumn,
		func(p *exhibitPage) {
			b, err := parquet.Gzip.Encode(nil, bomb)
			if err != nil {
				t.Fatal(err)
			}
			p.body, p.header.CompressedPageSize = b, int32(len(b))
		})
	made["page-over-limit"] = page(takeApart(t, parquet.DataPageVersion(1), parquet.Compression(&parquet.Zstd)), customerColumn, func(p *exhibitPage) {
		p.header.UncompressedPageSize = 2_000_000_000
	})
	return made
}
