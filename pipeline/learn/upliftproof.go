package learn

// UpliftProof is how a ranking by uplift, by how much a contact raises the
// probability to return, compares with that by probability on the newest settled wave,
// whom it has not seen. Figures are returns per customer.
type UpliftProof struct {
	Q         Figure `json:"q"` // area between the Qini curves: uplift less probability
	Low       Figure `json:"low"`
	High      Figure `json:"high"`
	Customers int64  `json:"customers"` // on whom it was judged
	Chosen    bool   `json:"chosen"`    // ranks inside groups: Low is above 0
	Why       string `json:"why"`       // a sentence
	// Rankings side by side, judged on the same wave.
	Rankings []RankingProof `json:"rankings"`
}

// RankingProof is what a ranking of customers is worth to contacting: the area
// between its Qini curve and the diagonal, in returns per customer.
type RankingProof struct {
	Ranking string `json:"ranking"` // probability, expected margin, learned profit or uplift
	Q       Figure `json:"q"`
	Low     Figure `json:"low"`
	High    Figure `json:"high"`
}
