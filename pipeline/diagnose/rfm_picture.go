package diagnose

import (
	"fmt"
	"math"
)

// RFMPicture are the cells of recency and frequency, with the words of each
// score, 1 first; a score that nobody can have has none.
type RFMPicture struct {
	Recency, Frequency []string
	Squares            []RFMSquare
}

// RFMSquare is a cell of recency and frequency scores, 1 to 5.
type RFMSquare struct {
	R, F      int
	Customers int64
	Rate      float64 // NaN where too few were tested
}

// RFMPicture adds the monetary scores up.
func (d *Diagnosis) RFMPicture() RFMPicture {
	var customers, tested, returned [rfmScores][rfmScores]int64
	for _, c := range d.RFM.Cells {
		customers[c.R-1][c.F-1] += c.Customers
		tested[c.R-1][c.F-1] += c.Tested
		returned[c.R-1][c.F-1] += c.Returned
	}
	if d.Customers == 0 {
		return RFMPicture{}
	}
	p := RFMPicture{Recency: d.RFM.recencyWords(), Frequency: d.RFM.frequencyWords()}
	for r := range customers {
		for f := range customers[r] {
			s := RFMSquare{R: r + 1, F: f + 1, Customers: customers[r][f], Rate: math.NaN()}
			if tested[r][f] >= 30 {
				s.Rate = float64(returned[r][f]) / float64(tested[r][f])
			}
			p.Squares = append(p.Squares, s)
		}
	}
	return p
}

// recencyWords are the days of each score of recency, 1 first.
func (r *RFM) recencyWords() []string {
	words := make([]string, rfmScores)
	for k := range words {
		from, to := 1, 0 // a score of 5 is below the first cut
		if k < rfmScores-1 {
			from = int(math.Ceil(float64(r.RecencyCuts[rfmScores-2-k])))
		}
		if k > 0 {
			to = int(math.Ceil(float64(r.RecencyCuts[rfmScores-1-k]))) - 1
		}
		words[k] = rangeWords(from, to, k > 0, "day")
	}
	return words
}

// frequencyWords are the purchase days of each score of frequency, 1 first.
func (r *RFM) frequencyWords() []string {
	words := make([]string, rfmScores)
	for k := range words {
		from, to := 1, 0
		if k > 0 {
			from = int(math.Ceil(float64(r.FrequencyCuts[k-1])))
		}
		if k < rfmScores-1 {
			to = int(math.Ceil(float64(r.FrequencyCuts[k]))) - 1
		}
		words[k] = rangeWords(from, to, k < rfmScores-1, "time")
	}
	return words
}

// rangeWords is such as "2–3 times"; empty where there is no such number.
func rangeWords(from, to int, hasEnd bool, unit string) string {
	switch {
	case !hasEnd:
		return fmt.Sprintf("%d or more", from)
	case to < from:
		return ""
	case to == from && to == 1:
		return "1 " + unit
	case to == from:
		return fmt.Sprintf("%d %ss", to, unit)
	}
	return fmt.Sprintf("%d–%d %ss", from, to, unit)
}
