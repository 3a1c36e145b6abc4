package models

// RoundBetween returns the roundest number t with lo ≤ t < hi, so that x ≤ t
// parts lo from hi: the cut point that a person would choose.
func RoundBetween(lo, hi float32) float32 { return between(lo, hi, true) }
