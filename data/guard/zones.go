package guard

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"regexp"
	"slices"
)

// The notes of a footer in which programs keep the zones of columns of moments, which
// Parquet has no place for: pandas as JSON, Arrow as its schema in base 64.
var (
	pandasZone  = regexp.MustCompile(`"timezone": ?"([A-Za-z_+-]+(?:/[A-Za-z0-9_+-]+)*)"`)
	arrowZone   = regexp.MustCompile(`(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|US|Canada)(?:/[A-Za-z0-9_+-]+){1,2}`)
	arrowSchema = []byte("ARROW:schema\x18")
)

// zonesIn finds the names of zones in the notes of a footer, in order, each once.
func zonesIn(notes []byte) (zones []string) {
	for _, m := range pandasZone.FindAllSubmatch(notes, -1) {
		zones = append(zones, string(m[1]))
	}
	if at := bytes.Index(notes, arrowSchema); at >= 0 {
		rest := notes[at+len(arrowSchema):]
		if size, n := binary.Uvarint(rest); n > 0 && size <= uint64(len(rest)-n) {
			schema := make([]byte, base64.StdEncoding.DecodedLen(int(size)))
			if n, err := base64.StdEncoding.Decode(schema, rest[n:n+int(size)]); err == nil {
				for _, zone := range arrowZone.FindAll(schema[:n], -1) {
					zones = append(zones, string(zone))
				}
			}
		}
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}
