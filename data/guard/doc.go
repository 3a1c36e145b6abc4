// Package guard stands before the Parquet reader. It looks at the bytes of a
// file without trusting them and says in plain words what is wrong, so that
// the reader behind it is only ever handed a file whose sizes, counts and
// places fit together.
//
// It is needed because a Parquet reader that believes a damaged file may ask
// for gigabytes, never come to an end, stop the whole program, or hand out
// zeros and left-overs of other pages as if they had been read. In particular
// the reader behind it fills up a page that holds fewer values than announced
// and grows its LZ4 buffer for as long as the data does not decode.
//
// A file goes through it like this:
//
//	footer, err := guard.Check(f, size, limits) // magic, footer, schema, places, sizes
//	if err != nil {
//		return fmt.Errorf("%s: %w", name, err)
//	}
//	err = guard.Run(name, func() error { // a panic of the decoder becomes an error
//		file, err := parquet.OpenFile(f, size,
//			parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true),
//			parquet.FileReadMode(parquet.ReadModeSync)) // no goroutine: its panic could not be caught
//		if err != nil {
//			return err
//		}
//		for g, rowGroup := range file.RowGroups() {
//			for _, c := range columnsToRead {
//				if _, err := footer.CheckChunk(f, g, c, limits); err != nil {
//					return fmt.Errorf("%s: %w", name, err)
//				}
//				pages := rowGroup.ColumnChunks()[c].Pages()
//				… decode …
//			}
//		}
//		return nil
//	})
//
// What it proves: the file can be decoded within the memory limit, every page
// holds exactly the values that it announces, and pages with a checksum are as
// they were written. What it cannot prove: that a page without a checksum, or
// the footer, which never has one, says what the writer wrote. A flipped bit in
// a plain number is another number; only a digest of the whole file finds it.
package guard
