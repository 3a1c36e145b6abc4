package guard

import (
	"hash/crc32"
	"io"
	"maps"
)

// CheckChunk walks the pages of one column in one row group, both counted from
// 0, and proves that decoding them will give exactly the announced values
// within the memory limit: sizes, counts, encodings, levels, and the checksum of every page that has
// one. Pages without a checksum are decompressed and walked as well, since
// nothing else vouches for them.
//
// checksummed says whether every page of the chunk carried a checksum, so that
// damage to its values cannot have gone unseen. The error is an *Error that says
// what is wrong, or the error of r. CheckChunk may run for several chunks at the
// same time.
func (f *Footer) CheckChunk(r io.ReaderAt, rowGroup, column int, limits Limits) (checksummed bool, err error) {
	c, chunk := &f.Columns[column], &f.RowGroups[rowGroup].Chunks[column]
	w := chunkWalk{
		pageWalk: pageWalk{column: c, limit: limits.memory(), dictionary: -1},
		window:   window{r: r, at: chunk.Start(), end: chunk.End()},
		chunk:    chunk,
		pages:    map[pageStat]int64{},
		unpacker: unpackers.Get().(*unpacker),
	}
	defer unpackers.Put(w.unpacker)
	err = w.check(f.RowGroups[rowGroup].Rows, f.RowGroups[0].Chunks[column].Codec)
	if err == nil && w.believed && !w.asCounted() {
		w.restart() // the footer does not vouch for the encodings: look closer
		err = w.check(f.RowGroups[rowGroup].Rows, w.chunk.Codec)
	}
	if err == nil {
		err = f.sameChecksums(rowGroup, &w)
	}
	if fault, ok := err.(*Error); ok {
		return false, fault.in(c.Name, rowGroup+1)
	}
	return w.bare == 0, err
}

// What the pages of a row group carry.
const (
	withChecksums    = 1
	withoutChecksums = 2
)

// sameChecksums finds a chunk that lost its checksums: writers give them to all
// pages of a row group or to none.
func (f *Footer) sameChecksums(rowGroup int, w *chunkWalk) error {
	state := int32(withoutChecksums)
	switch {
	case w.sums > 0:
		state = withChecksums
	case w.bare == 0:
		return nil
	}
	first := &f.checksums[rowGroup]
	if first.CompareAndSwap(0, state) || first.Load() == state {
		return nil
	}
	return wrong("some columns have page checksums and some have none: page headers are damaged")
}

// chunkWalk is the state of a walk over the pages of a chunk.
type chunkWalk struct {
	pageWalk
	window   window
	unpacker *unpacker
	chunk    *Chunk
	page     pageHeader
	count    int                // pages so far
	sums     int                // pages with a checksum
	bare     int                // pages without one that hold something
	values   int64              // in data pages so far, nulls included
	rows     int64              // that start in pages whose levels were walked
	pages    map[pageStat]int64 // pages so far by kind and encoding
	believed bool               // some page was believed on its checksum alone
	doubt    bool               // no page is to be believed on its checksum alone
}

// restart goes back to the first page, to walk the values of every page.
func (w *chunkWalk) restart() {
	w.window = window{r: w.window.r, at: w.chunk.Start(), end: w.chunk.End(), buf: w.window.buf[:0]}
	w.count, w.sums, w.bare, w.values, w.rows, w.dictionary = 0, 0, 0, 0, 0, -1
	w.believed, w.doubt = false, true
}

func (w *chunkWalk) check(rows int64, firstCodec Codec) error {
	switch {
	case !w.chunk.Codec.readable():
		return wrong("compression %s cannot be read", w.chunk.Codec)
	case w.chunk.Codec != firstCodec:
		return wrong("it is compressed as %s, in row group 1 as %s: such a mixture cannot be read", w.chunk.Codec, firstCodec)
	}
	for w.window.at < w.window.end && w.chunk.Values+w.chunk.CompressedBytes > 0 {
		at := w.window.at
		if err := w.next(); err != nil {
			if fault, ok := err.(*Error); ok {
				fault.What = "page at byte " + count(at) + ": " + fault.What
			}
			return err
		}
	}
	return w.total(rows)
}

// total proves the sums over all pages.
func (w *chunkWalk) total(rows int64) error {
	switch {
	case w.values != w.chunk.Values:
		return wrong("its pages hold %s values, the footer says %s", count(w.values), count(w.chunk.Values))
	case w.column.MaxRepetition > 0 && !w.believed && w.rows != rows:
		return wrong("its pages hold %s rows, the footer says %s", count(w.rows), count(rows))
	case w.sums > 0 && w.bare > 0:
		return wrong("%d of its %d pages have a checksum, the others none: page headers are damaged", w.sums, w.count)
	}
	return nil
}

// asCounted says whether the pages met are those that the footer counts.
func (w *chunkWalk) asCounted() bool {
	counted := map[pageStat]int64{}
	for _, s := range w.chunk.pageStats {
		counted[pageOf(s.kind, s.encoding)] += s.pages
	}
	return maps.Equal(counted, w.pages)
}

// pageOf merges what writers call by several names: both versions of data
// pages, and the old and new name of dictionary encoding.
func pageOf(kind int32, e Encoding) pageStat {
	switch {
	case kind == dictionaryPage:
		e = Plain
	case e == PlainDictionary:
		e = RLEDictionary
	}
	if kind == dataPageV2 {
		kind = dataPage
	}
	return pageStat{kind: kind, encoding: e}
}

// maxHeader is the most that a page header may take. Statistics in it hold
// whole values, which can be long texts.
const maxHeader = 16 << 20

// next proves the page at the window and passes it.
func (w *chunkWalk) next() error {
	size, err := w.header()
	if err != nil {
		return err
	}
	h := &w.page
	w.window.pass(size)
	if fault := h.check(w.window.end - w.window.at); fault != nil {
		return fault
	}
	if fault := w.fits(h); fault != nil {
		return fault
	}
	b, err := w.window.peek(int(h.compressed))
	if err != nil {
		return err
	}
	if fault := w.contents(h, b); fault != nil {
		return fault
	}
	w.window.pass(int(h.compressed))
	w.count++
	w.pages[pageOf(h.kind, h.encoding)]++
	if h.kind == dictionaryPage {
		w.dictionary = int(h.values)
	} else {
		w.values += int64(h.values)
	}
	return nil
}

// header decodes the page header at the window and returns its size.
func (w *chunkWalk) header() (int, error) {
	for ask := 512; ; ask *= 8 {
		b, err := w.window.peek(min(ask, maxHeader))
		if err != nil {
			return 0, err
		}
		t := thrift{b: b, most: maxHeaderElements}
		w.page = t.pageHeader()
		if t.err == nil {
			return t.at, nil
		}
		if !t.short || len(b) < ask {
			return 0, wrong("its header is damaged: %s", t.err.What)
		}
	}
}

// fits proves the page against its chunk and the limit, before it is read.
func (w *chunkWalk) fits(h *pageHeader) *Error {
	if w.chunk.Codec == Uncompressed && h.compressed != h.uncompressed {
		return wrong("it is not compressed, but takes %s for %s", bytesText(int64(h.compressed)), bytesText(int64(h.uncompressed)))
	}
	if need := w.need(h); need > w.limit {
		return wrong("it would take %s of memory, the limit is %s", bytesText(need), bytesText(w.limit))
	}
	if h.kind == dictionaryPage {
		return w.fitsDictionary(h)
	}
	switch {
	case int64(h.values) > w.chunk.Values-w.values:
		return wrong("it says %d values, where %s are left of its chunk", h.values, count(w.chunk.Values-w.values))
	case !w.column.takes(h.encoding):
		return wrong("encoding %s cannot be read for %s values", h.encoding, w.column.Physical)
	case !h.encoding.dictionary() && !w.chunk.lists(h.encoding):
		return wrong("encoding %s is not among those that the footer lists", h.encoding)
	case h.encoding.dictionary() && w.dictionary < 0:
		return wrong("it refers to a dictionary, and none stands before it")
	}
	return nil
}

func (w *chunkWalk) fitsDictionary(h *pageHeader) *Error {
	least := int64(w.width()) // bytes of a value, at least
	if w.column.Physical == ByteArray {
		least = 4
	}
	switch {
	case w.count > 0:
		return wrong("a dictionary after other pages")
	case w.column.Physical == Boolean:
		return wrong("a dictionary of truth values")
	case h.encoding != Plain && h.encoding != PlainDictionary:
		return wrong("a dictionary in encoding %s", h.encoding)
	case int64(h.values)*least > int64(h.uncompressed):
		return wrong("a dictionary of %s values in %s", count(int64(h.values)), bytesText(int64(h.uncompressed)))
	}
	return nil
}

// need is the memory that decoding the page takes: its bytes as they are and
// uncompressed, its values, and their levels.
func (w *chunkWalk) need(h *pageHeader) int64 {
	each := int64(w.width())
	if h.encoding.dictionary() || w.column.Physical == ByteArray {
		each = 4
	}
	return int64(h.compressed) + int64(h.uncompressed) + int64(h.values)*(each+int64(min(w.column.MaxDefinition, 1))+int64(min(w.column.MaxRepetition, 1)))
}

// contents proves the bytes of the page.
func (w *chunkWalk) contents(h *pageHeader, b []byte) *Error {
	summed, fault := w.checksum(h, b)
	if fault != nil {
		return fault
	}
	if summed && len(w.chunk.pageStats) > 0 && !w.doubt {
		// The values are what the writer wrote, and the footer's page counts
		// vouch for the encoding.
		w.believed = true
		return w.announced(h, b)
	}
	levels, values, fault := w.open(h, b)
	if fault != nil {
		return fault
	}
	rows, fault := w.body(h, levels, values)
	w.rows += int64(rows)
	return fault
}

// announced proves what a page with a sound checksum says of itself, as far as
// that is to be had without decompressing it.
func (w *chunkWalk) announced(h *pageHeader, b []byte) *Error {
	if h.kind == dataPageV2 {
		if _, _, fault := w.levelsV2(h, b[:h.levelBytes]); fault != nil {
			return fault
		}
	}
	if h.stored || w.chunk.Codec == Uncompressed {
		return nil
	}
	return announcedSize(w.chunk.Codec, b[h.levelBytes:], int(h.uncompressed-h.levelBytes))
}

// checksum compares the page with its checksum. A page whose header holds none
// counts as checksummed where the sum would be 0, which some writers leave out.
func (w *chunkWalk) checksum(h *pageHeader, b []byte) (bool, *Error) {
	if !h.hasChecksum && w.sums == 0 && w.bare > 0 {
		w.bare++ // as the pages before
		return false, nil
	}
	sum := crc32.ChecksumIEEE(b)
	switch {
	case h.hasChecksum && sum != h.checksum:
		return false, wrong("it is damaged: its checksum is %08x, its bytes give %08x", h.checksum, sum)
	case h.hasChecksum:
		w.sums++
		return true, nil
	case sum != 0:
		w.bare++
	}
	return false, nil
}

// open returns the levels that stand open at the start of a page of version 2,
// and the rest of the page uncompressed.
func (w *chunkWalk) open(h *pageHeader, b []byte) (levels, rest []byte, fault *Error) {
	levels, rest = b[:h.levelBytes], b[h.levelBytes:]
	size := int(h.uncompressed - h.levelBytes)
	if h.stored {
		rest, fault = whole(Uncompressed, rest, nil, size)
	} else {
		rest, fault = w.unpacker.unpack(w.chunk.Codec, rest, size)
	}
	return levels, rest, fault
}
