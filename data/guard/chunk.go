package guard

import (
	"hash/crc32"
	"io"
	"maps"
	"sync"
)

// CheckChunk walks the pages of one column in one row group, both counted from
// 0, for those who read it with another decoder: it proves that decoding them will
// give exactly the announced values within the memory limit: sizes, counts,
// encodings, levels, and the checksum of every page that has one. Pages without a
// checksum are decompressed and unpacked as well, since nothing else vouches for
// them.
//
// checksummed says whether every page of the chunk carried a checksum, so that
// damage to its values cannot have gone unseen. The error is an *Error that says
// what is wrong, or the error of r. CheckChunk may run for several chunks at the
// same time.
func (f *Footer) CheckChunk(r io.ReaderAt, rowGroup, column int, limits Limits) (checksummed bool, err error) {
	w := walks.Get().(*chunkWalk)
	defer walks.Put(w)
	w.open(f, r, rowGroup, column, limits)
	w.elsewhere = true
	if fault := w.chunk.elsewhere(f.RowGroups[0].Chunks[column].Codec); fault != nil {
		return false, w.named(fault)
	}
	if err = w.check(); err == nil && w.believed && !w.asCounted() {
		w.restart() // the footer does not vouch for the encodings: look closer
		w.doubt = true
		err = w.check()
	}
	return w.bare+w.unsealed == 0, w.named(err)
}

// elsewhere proves that parquet-go reads the compression right; first is that of the
// column in the first row group.
func (c *Chunk) elsewhere(first Codec) *Error {
	switch {
	case c.Codec == LZ4Raw:
		return wrong("compression %s cannot be read here: the decoder behind fills some pages with zeros", c.Codec)
	case !c.Codec.readable() || c.Codec == LZ4:
		return wrong("compression %s cannot be read", c.Codec)
	case c.Codec != first:
		return wrong("it is compressed as %s, in row group 1 as %s: such a mixture cannot be read", c.Codec, first)
	}
	return nil
}

// walks keeps buffers from one chunk to the next.
var walks = sync.Pool{New: func() any { return new(chunkWalk) }}

// What the pages of a row group carry.
const (
	withChecksums    = 1
	withoutChecksums = 2
)

// sameChecksums finds a chunk that lost its checksums: writers give them to all
// data pages of a row group or to none.
func (w *chunkWalk) sameChecksums() *Error {
	state := int32(withoutChecksums)
	switch {
	case w.sums > 0:
		state = withChecksums
	case w.bare == 0:
		return nil
	}
	first := &w.footer.checksums[w.rowGroup]
	if first.CompareAndSwap(0, state) || first.Load() == state {
		return nil
	}
	return wrong("some columns have page checksums and some have none: page headers are damaged")
}

// chunkWalk is the state of a walk over the pages of a chunk.
type chunkWalk struct {
	pageWalk
	footer   *Footer
	rowGroup int
	chunk    *Chunk
	window   window
	room     []byte // for a page that is uncompressed
	page     pageHeader
	progress
	doubt bool // no page is to be believed on its checksum alone
}

// progress is how far a walk came.
type progress struct {
	count    int                // pages so far
	sums     int                // data pages with a checksum
	bare     int                // data pages without one that hold something
	bareV1   int                // of those, pages of version 1
	sealed   int                // dictionaries with a checksum, 0 or 1
	unsealed int                // dictionaries without one that hold something
	held     int64              // values in data pages so far, with nulls
	rows     int64              // that start in pages whose levels were walked
	pages    map[pageStat]int64 // pages so far by kind and encoding
	believed bool               // some page was believed on its checksum alone
}

// open goes to the first page of a chunk. Buffers are those of the chunk before,
// but for large ones.
func (w *chunkWalk) open(f *Footer, r io.ReaderAt, rowGroup, column int, limits Limits) {
	w.footer, w.rowGroup, w.chunk = f, rowGroup, &f.RowGroups[rowGroup].Chunks[column]
	w.column, w.limit, w.doubt = &f.Columns[column], limits.memory(), false
	w.window.r, w.window.buf = r, reusable(w.window.buf)
	w.room, w.ends, w.numbers, w.decoded, w.codes, w.set = reusable(w.room), reusable(w.ends), reusable(w.numbers), reusable(w.decoded), reusable(w.codes), reusable(w.set)
	w.restart()
}

// restart goes back to the first page.
func (w *chunkWalk) restart() {
	w.window.open(w.window.r, w.chunk.Start(), w.chunk.End())
	w.dictionary = -1
	if w.pages == nil {
		w.pages = map[pageStat]int64{}
	}
	clear(w.pages)
	w.progress = progress{pages: w.pages}
}

// named says in which column and row group a fault lies.
func (w *chunkWalk) named(err error) error {
	if fault, ok := err.(*Error); ok {
		return fault.in(w.column.Name, w.rowGroup+1)
	}
	return err
}

func (w *chunkWalk) check() error {
	for w.more() {
		if err := w.next(); err != nil {
			return err
		}
	}
	return w.total()
}

// more says whether pages are left.
func (w *chunkWalk) more() bool {
	return w.window.at < w.window.end && w.chunk.Values+w.chunk.CompressedBytes > 0
}

// total proves the sums over all pages.
func (w *chunkWalk) total() error {
	rows := w.footer.RowGroups[w.rowGroup].Rows
	switch {
	case w.held != w.chunk.Values:
		return wrong("its pages hold %s values, the footer says %s", count(w.held), count(w.chunk.Values))
	case w.column.MaxRepetition > 0 && !w.believed && w.rows != rows:
		return wrong("its pages hold %s rows, the footer says %s", count(w.rows), count(rows))
	case w.lostChecksums():
		return wrong("%d of its %d pages have a checksum, the others none: page headers are damaged", w.sums+w.sealed, w.count)
	}
	if fault := w.sameChecksums(); fault != nil {
		return fault
	}
	return nil
}

// lostChecksums finds pages without a checksum beside others that have one.
// parquet-mr before 1.14 gives them to dictionaries and to pages of version 1,
// and none to pages of version 2.
func (w *chunkWalk) lostChecksums() bool {
	return w.sums > 0 && w.bare+w.unsealed > 0 || w.sealed > 0 && w.bareV1 > 0
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
	at := w.window.at
	b, err := w.load()
	if err != nil {
		return inPage(err, at)
	}
	if fault := w.contents(b); fault != nil {
		return inPage(fault, at)
	}
	w.pass()
	return nil
}

// inPage says at which byte of the file the page of a fault starts.
func inPage(err error, at int64) error {
	if fault, ok := err.(*Error); ok {
		fault.What = "page at byte " + count(at) + ": " + fault.What
	}
	return err
}

// load proves the header of the page at the window and returns the bytes of the
// page, at which the window then stands.
func (w *chunkWalk) load() ([]byte, error) {
	size, err := w.header()
	if err != nil {
		return nil, err
	}
	w.window.pass(size)
	if fault := w.page.check(w.window.end - w.window.at); fault != nil {
		return nil, fault
	}
	if fault := w.fits(&w.page); fault != nil {
		return nil, fault
	}
	return w.window.peek(int(w.page.compressed))
}

// pass passes and counts the page at the window. Its bytes stay valid until the
// next is loaded.
func (w *chunkWalk) pass() {
	h := &w.page
	w.window.pass(int(h.compressed))
	w.count++
	w.pages[pageOf(h.kind, h.encoding)]++
	if h.kind == dictionaryPage {
		w.dictionary = int(h.values)
	} else {
		w.held += int64(h.values)
	}
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
	case int64(h.values) > w.chunk.Values-w.held:
		return wrong("it says %d values, where %s are left of its chunk", h.values, count(w.chunk.Values-w.held))
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

// need is the memory that unpacking the page takes: its bytes as they are and
// uncompressed, its values, and their levels.
func (w *chunkWalk) need(h *pageHeader) int64 {
	each := int64(w.width())
	switch {
	case h.encoding == DeltaByteArray:
		each += 12 // how much is taken over and how much is new, and where values end
	case h.encoding == DeltaLengthByteArray:
		each = 8
	case h.encoding.dictionary() || w.column.Physical == ByteArray || h.encoding == RLE:
		each = 4
	}
	return int64(h.compressed) + int64(h.uncompressed) + int64(h.values)*(each+int64(min(w.column.MaxDefinition, 1))+int64(min(w.column.MaxRepetition, 1)))
}

// contents proves the bytes of the page, those of a page with a checksum on that
// alone where the footer counts the pages of each encoding.
func (w *chunkWalk) contents(b []byte) *Error {
	summed, fault := w.checksum(&w.page, b)
	if fault != nil {
		return fault
	}
	if summed && len(w.chunk.pageStats) > 0 && !w.doubt {
		// The values are what the writer wrote, and the footer's page counts
		// vouch for the encoding.
		w.believed = true
		return w.announced(&w.page, b)
	}
	_, fault = w.unpack(b)
	return fault
}

// unpack proves and unpacks the page of bytes b.
func (w *chunkWalk) unpack(b []byte) (Page, *Error) {
	levels, values, fault := w.uncompressed(&w.page, b)
	if fault != nil {
		return Page{}, fault
	}
	page, rows, fault := w.body(&w.page, levels, values)
	w.rows += int64(rows)
	return page, fault
}

// announced proves what a page with a sound checksum says of itself, as far as
// that is to be had without decompressing it.
func (w *chunkWalk) announced(h *pageHeader, b []byte) *Error {
	if h.kind == dataPageV2 {
		if _, fault := w.levelsV2(h, b[:h.levelBytes]); fault != nil {
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
	with, without := &w.sums, &w.bare
	if h.kind == dictionaryPage {
		with, without = &w.sealed, &w.unsealed
	}
	if h.hasChecksum || w.sums > 0 || w.bare+w.unsealed == 0 { // else as the pages before
		sum := crc32.ChecksumIEEE(b)
		switch {
		case h.hasChecksum && sum != h.checksum:
			return false, wrong("it is damaged: its checksum is %08x, its bytes give %08x", h.checksum, sum)
		case h.hasChecksum:
			*with++
			return true, nil
		case sum == 0:
			return false, nil
		}
	}
	*without++
	if h.kind == dataPage {
		w.bareV1++
	}
	return false, nil
}

// uncompressed returns the levels that stand open at the start of a page of
// version 2, and the rest of the page uncompressed.
func (w *chunkWalk) uncompressed(h *pageHeader, b []byte) (levels, rest []byte, fault *Error) {
	levels, rest = b[:h.levelBytes], b[h.levelBytes:]
	size := int(h.uncompressed - h.levelBytes)
	if h.stored || w.chunk.Codec == Uncompressed {
		rest, fault = whole(Uncompressed, rest, nil, size)
		return levels, rest, fault
	}
	u := unpackers.Get().(*unpacker)
	defer unpackers.Put(u)
	w.room = resize(w.room, size+spare)
	rest, fault = u.unpack(w.chunk.Codec, rest, size, w.room)
	return levels, rest, fault
}
