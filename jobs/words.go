package jobs

// counted writes a number with its noun: "1 file", "29 files".
func counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Thousands(n) + " " + noun + "s"
}
