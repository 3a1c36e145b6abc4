package report

// stageFills colours the stages from the most recent to the longest silent.
var stageFills = []string{"#2a9d8f", "#8ab17d", "#e9c46a", "#c9cfd6"}

// weight is x where it can be drawn as a length, else 0.
func weight(x float64) float64 {
	if known(x) && x > 0 {
		return x
	}
	return 0
}
