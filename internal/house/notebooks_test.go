package house

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// notebook is what of a Jupyter notebook is looked at.
type notebook struct {
	Cells []struct {
		Kind    string `json:"cell_type"`
		Count   *int   `json:"execution_count"`
		Outputs []struct {
			Kind string `json:"output_type"`
		} `json:"outputs"`
	} `json:"cells"`
	Metadata struct {
		Kernel struct {
			Language string `json:"language"`
		} `json:"kernelspec"`
	} `json:"metadata"`
}

// mostNotebook keeps pictures small, in bytes.
const mostNotebook = 100_000

// machinePath is a place on the machine that ran a notebook.
var machinePath = regexp.MustCompile(`/(home|root|tmp|work|Users|var)/`)

func TestNotebooks_WereRunToTheirEndInPythonAndGo(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(root, "notebooks", "*", "*.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	kernels := map[string]int{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var n notebook
		if err := json.Unmarshal(text, &n); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		kernels[n.Metadata.Kernel.Language]++
		if found := machinePath.Find(text); found != nil || len(text) > mostNotebook {
			t.Errorf("%s: %d bytes, at most %d; names a place of the machine: %q", path, len(text), mostNotebook, found)
		}
		for i, c := range n.Cells {
			if c.Kind == "code" && c.Count == nil {
				t.Errorf("%s: cell %d was not run", path, i+1)
			}
			for _, o := range c.Outputs {
				if o.Kind == "error" {
					t.Errorf("%s: cell %d failed", path, i+1)
				}
			}
		}
	}
	if kernels["python"] < 3 || kernels["go"] < 2 {
		t.Errorf("notebooks by language: %v, want three in Python and two in Go", kernels)
	}
}
