package guard

import "io"

// PageReader hands out the pages of a column chunk, unpacked and proven. It keeps
// its buffers from one chunk to the next; its zero value is ready to open one.
type PageReader struct {
	walk chunkWalk
	page Page
}

// Open goes to the first page of one column in one row group, both counted from
// 0. It takes columns of one value or null a row; truth values are bytes of 0 or 1.
func (p *PageReader) Open(f *Footer, r io.ReaderAt, rowGroup, column int, limits Limits) error {
	w := &p.walk
	w.open(f, r, rowGroup, column, limits)
	switch {
	case w.column.MaxRepetition > 0:
		return w.named(wrong("its rows hold lists, which cannot be read"))
	case !w.chunk.Codec.readable():
		return w.named(wrong("compression %s cannot be read", w.chunk.Codec))
	}
	return nil
}

// Next returns the next page, valid until the call after: a dictionary first,
// where there is one. It proves size, counts, encoding, levels, values, and the
// checksum where there is one. Behind the last page it proves that the pages hold
// as many rows as the row group, and returns io.EOF. Any other error is an *Error
// that says what is wrong, or that of the file.
func (p *PageReader) Next() (*Page, error) {
	if !p.walk.more() {
		if err := p.walk.total(); err != nil {
			return nil, p.walk.named(err)
		}
		return nil, io.EOF
	}
	at := p.walk.window.at
	if err := p.read(); err != nil {
		return nil, p.walk.named(inPage(err, at))
	}
	return &p.page, nil
}

func (p *PageReader) read() error {
	b, err := p.walk.load()
	if err != nil {
		return err
	}
	if _, fault := p.walk.checksum(&p.walk.page, b); fault != nil {
		return fault
	}
	page, fault := p.walk.unpack(b)
	if fault != nil {
		return fault
	}
	p.page = page
	p.walk.pass()
	return nil
}
