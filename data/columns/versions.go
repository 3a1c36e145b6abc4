package columns

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"winback/data/guard"
	"winback/data/parse"
)

// countsVersions says whether a column can say which row is the newest.
func countsVersions(l Leaf) bool {
	_, err := versionConverter(l)
	return err == nil
}

// versionConverter reads versions: whole numbers as they are, times in
// microseconds. What is neither is older than all.
func versionConverter(l Leaf) (Converter, error) {
	switch {
	case l.countsTime():
		return eachNumber(l, func(whole int64, _ float64, ok bool) int64 {
			if !ok {
				return 0
			}
			return whole
		}), nil
	case l.Physical == guard.ByteArray && !l.means(guard.Decimal):
		return fromBytes(writtenVersion), nil
	}
	convert, err := timeConverter(l, time.UTC, parse.AnyDateOrder)
	if err != nil {
		return nil, fmt.Errorf("want a number or a time, have %s", l.typeName())
	}
	return convert, nil
}

func writtenVersion(b []byte) int64 {
	text := strings.TrimSpace(string(b))
	if number, err := strconv.ParseInt(text, 10, 64); err == nil {
		return number
	}
	if t, ok := parse.ParseWrittenTime(text, parse.AnyDateOrder); ok {
		return t.Micros
	}
	return 0
}
