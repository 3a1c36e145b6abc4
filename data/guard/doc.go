// Package guard reads Parquet files without trusting them. It says in plain words
// what is wrong with a file, and hands out the values of its columns from the very
// bytes that it proved: nothing is decompressed or decoded a second time, so that
// no other reader can see other bytes.
//
// It is needed because a Parquet reader that believes a damaged file may ask
// for gigabytes, never come to an end, stop the whole program, or hand out
// zeros and left-overs of other pages as if they had been read; parquet-go up to
// 0.32 does the last even with sound pages in LZ4_RAW.
//
// A file goes through it like this:
//
//	footer, err := guard.Check(f, size, limits) // magic, footer, schema, places, sizes
//	if err != nil {
//		return fmt.Errorf("%s: %w", name, err)
//	}
//	var pages guard.PageReader // kept from chunk to chunk, with its buffers
//	err = guard.Run(name, func() error { // a panic of a decoder becomes an error
//		for g := range footer.RowGroups {
//			if err := pages.Open(footer, f, g, column, limits); err != nil {
//				return err
//			}
//			for {
//				page, err := pages.Next()
//				if errors.Is(err, io.EOF) {
//					break
//				}
//				…
//			}
//		}
//		return nil
//	})
//
// Tables of our own are read with parquet-go; CheckChunk proves their pages before.
//
// What it proves: the file can be unpacked within the memory limit, every page
// holds exactly the values that it announces, and pages with a checksum are as
// they were written. What it cannot prove: that a page without a checksum, or
// the footer, which never has one, says what the writer wrote. A flipped bit in
// a plain number is another number; only a digest of the whole file finds it.
package guard
