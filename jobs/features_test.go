package jobs

import (
	"bytes"
	"testing"
)

func TestFeatures_TheEndingSaysTheFormat(t *testing.T) {
	for name, want := range map[string]bool{"f.parquet": true, "f.PQ": true, "f.arrow": true, "f.feather": true, "f.csv": false, "f": false, "parquet": false} {
		_, err := featureWriter(&bytes.Buffer{}, name)
		if (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (Code(err) != ExitUsage || err.Error() != "--output: want a file that ends in .parquet or .arrow, found "+name) {
			t.Errorf("%s: code %d, %v", name, Code(err), err)
		}
	}
}
