package house

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// requirements are the modules of go.mod: direct ones, and those marked
// indirect.
func requirements(t *testing.T) (direct, indirect []string) {
	t.Helper()
	line := regexp.MustCompile(`(?m)^(?:require )?\t?([a-z][^\s(]*\.[^\s(]*) v\S+( // indirect)?$`)
	for _, m := range line.FindAllStringSubmatch(readText(t, "go.mod"), -1) {
		if m[2] == "" {
			direct = append(direct, m[1])
		} else {
			indirect = append(indirect, m[1])
		}
	}
	if len(direct) == 0 {
		t.Fatal("go.mod has no direct requirement")
	}
	return direct, indirect
}

// moduleOf finds the module behind an import, the longest that fits.
func moduleOf(imported string, modules []string) string {
	best := ""
	for _, m := range modules {
		if (imported == m || strings.HasPrefix(imported, m+"/")) && len(m) > len(best) {
			best = m
		}
	}
	return best
}

func TestGoMod_NamesAsDirectWhatIsImported(t *testing.T) {
	direct, indirect := requirements(t)
	all := slices.Concat(direct, indirect)
	used := map[string]bool{}
	for _, f := range goFiles(t) {
		for _, name := range f.imports {
			first, _, _ := strings.Cut(name, "/")
			if !strings.Contains(first, ".") {
				continue
			}
			m := moduleOf(name, all)
			if m == "" || slices.Contains(indirect, m) {
				t.Errorf("%s: imports %s, which go.mod does not require directly", f.path, name)
			}
			used[m] = true
		}
	}
	for _, m := range direct {
		if !used[m] {
			t.Errorf("go.mod: %s is required directly, and nothing imports it", m)
		}
	}
}

func TestReadme_HasALineForEachDependency(t *testing.T) {
	readme := readText(t, "README.md")
	direct, _ := requirements(t)
	for _, m := range direct {
		if !strings.Contains(readme, "\n| "+m+" |") {
			t.Errorf("README.md: the table of dependencies has no line for %s", m)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^\| ([a-z.]+\.[a-z]+/\S+) \|`).FindAllStringSubmatch(readme, -1) {
		if !slices.Contains(direct, m[1]) {
			t.Errorf("README.md: %s is listed, and go.mod does not require it directly", m[1])
		}
	}
}

func TestReadme_HasALineForEachCommand(t *testing.T) {
	readme := readText(t, "README.md")
	use := regexp.MustCompile(`Use:\s+"(winback )?([a-z]+)`)
	commands := 0
	for _, f := range goFiles(t) {
		if topFolder(f.dir) != "cmd" || f.isTest {
			continue
		}
		for _, m := range use.FindAllStringSubmatch(readText(t, f.path), -1) {
			if m[2] == module {
				continue
			}
			commands++
			if !regexp.MustCompile("\n\\| `winback ([a-z]+ )?" + m[2] + "\\b").MatchString(readme) {
				t.Errorf("README.md: the table of commands has no line for winback %s", m[2])
			}
		}
	}
	if commands == 0 {
		t.Error("no commands found")
	}
}

func TestReadme_HasALineForEachExitCode(t *testing.T) {
	readme := readText(t, "README.md")
	codes := regexp.MustCompile(`(?m)^\tExit\w+\s+= (\d+)`).FindAllStringSubmatch(readText(t, "jobs/exit.go"), -1)
	if len(codes) == 0 {
		t.Fatal("no exit codes found")
	}
	for _, m := range codes {
		if !strings.Contains(readme, "\n| "+m[1]+" |") {
			t.Errorf("README.md: the table of exit codes has no line for %s", m[1])
		}
	}
}

// TestDocuments_LinkToWhatIsThere follows the links between the documents.
func TestDocuments_LinkToWhatIsThere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, doc := range []string{"README.md", "ARCHITECTURE.md", "docs/adding.md", "data/orders/FORMAT.md", "data/tables/FORMAT.md", "features/FORMAT.md", "pipeline/run/FORMAT.md", "models/FORMAT.md"} {
		dir := ""
		if cut := strings.LastIndexByte(doc, '/'); cut >= 0 {
			dir = doc[:cut+1]
		}
		for _, m := range link.FindAllStringSubmatch(readText(t, doc), -1) {
			if !exists(dir + m[1]) {
				t.Errorf("%s: links to %s, which is not there", doc, m[1])
			}
		}
	}
}
