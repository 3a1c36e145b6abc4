package jobs

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"winback/data/orders"
	"winback/internal/fsys"
)

// readNeverShown reads products that are not to be shown, a code or a pattern a
// line; nil where no file is named. A file that is missing or empty is ExitGate.
func readNeverShown(files fsys.FS, path string) (func(product string) bool, error) {
	if path == "" {
		return nil, nil
	}
	content, err := readSmall(files, path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &ExitError{ExitGate, err}
	}
	if err != nil {
		return nil, err
	}
	codes := map[string]bool{}
	var patterns orders.ProductFilter
	for line := range strings.Lines(strings.TrimPrefix(string(content), "\ufeff")) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		codes[line] = true
		if strings.ContainsAny(line, `*?[\`) {
			patterns = append(patterns, line)
		}
	}
	if len(codes) == 0 {
		return nil, &ExitError{ExitGate, fmt.Errorf("products not to show, %s: want a code or pattern a line, found none", path)}
	}
	return func(product string) bool { return codes[product] || patterns.Matches(product) }, nil
}
