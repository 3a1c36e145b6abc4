package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cespare/xxhash/v2"
	"github.com/parquet-go/parquet-go"
)

// decodeFile decodes all columns of a file page by page and mixes their
// values; it returns how many there were. It is the least that any reader of
// these columns has to do.
func decodeFile(path string) (values int64, sum uint64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	file, err := parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", path, err)
	}
	for _, group := range file.RowGroups() {
		for _, chunk := range group.ColumnChunks() {
			n, s, err := decodeChunk(chunk)
			if err != nil {
				return 0, 0, fmt.Errorf("%s: %w", path, err)
			}
			values, sum = values+n, sum+s
		}
	}
	return values, sum, nil
}

func decodeChunk(chunk parquet.ColumnChunk) (values int64, sum uint64, err error) {
	pages := chunk.Pages()
	defer pages.Close()
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return values, sum, nil
		}
		if err != nil {
			return 0, 0, err
		}
		values += page.NumValues()
		if dictionary := page.Dictionary(); dictionary != nil {
			codes := page.Data()
			for _, code := range codes.Int32() {
				sum += mixed(uint64(code))
			}
		} else {
			sum += hashValues(page)
		}
		parquet.Release(page)
	}
}

func hashValues(page parquet.Page) (sum uint64) {
	data := page.Data()
	switch page.Type().Kind() {
	case parquet.Int32:
		for _, v := range data.Int32() {
			sum += mixed(uint64(v))
		}
	case parquet.Int64:
		for _, v := range data.Int64() {
			sum += mixed(uint64(v))
		}
	case parquet.Double:
		for _, v := range data.Double() {
			sum += mixed(uint64(v))
		}
	case parquet.ByteArray:
		text, offsets := data.ByteArray()
		for i := 1; i < len(offsets); i++ {
			sum += xxhash.Sum64(text[offsets[i-1]:offsets[i]])
		}
	}
	return sum
}

func mixed(v uint64) uint64 {
	v *= 0x9e3779b97f4a7c15
	return v ^ v>>29
}
