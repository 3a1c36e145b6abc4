package report

import "strings"

// textWidth estimates the width of text in em. No font is at hand when the
// page is written, so the estimate follows a wide one (DejaVu Sans): text that
// fits by it fits in the fonts that readers have.
func textWidth(text string) float64 {
	var em float64
	for _, r := range text {
		em += runeWidth(r)
	}
	return em
}

func runeWidth(r rune) float64 {
	switch {
	case strings.ContainsRune("iIjlt.,:;|!'()[]{} f/", r):
		return 0.38
	case strings.ContainsRune("mwMW@%&<>=≥≤+–—", r):
		return 0.95
	case r >= 0x1100:
		return 1.05
	case r >= 'A' && r <= 'Z':
		return 0.74
	}
	return 0.63
}

// wrap breaks text into at most maxLines lines that are no wider than width em.
// Words longer than a line are broken; what does not fit ends in an ellipsis.
func wrap(text string, width float64, maxLines int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		for word != "" {
			joined := word
			if line != "" {
				joined = line + " " + word
			}
			if textWidth(joined) <= width {
				line, word = joined, ""
				continue
			}
			if line != "" {
				lines, line = append(lines, line), ""
				continue
			}
			head := cutTo(word, width)
			lines, word = append(lines, head), word[len(head):]
		}
		if len(lines) > maxLines {
			break
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	if len(lines) > maxLines {
		lines = lines[:maxLines]
		lines[maxLines-1] = cutTo(lines[maxLines-1], width-textWidth("…")) + "…"
	}
	return lines
}

// cutTo returns the longest start of text that is no wider than width em, and
// at least its first character.
func cutTo(text string, width float64) string {
	var em float64
	for i, r := range text {
		em += runeWidth(r)
		if em > width && i > 0 {
			return text[:i]
		}
	}
	return text
}

// shorten cuts text to width em, with an ellipsis where something is missing.
func shorten(text string, width float64) string {
	if textWidth(text) <= width {
		return text
	}
	return strings.TrimSpace(cutTo(text, width-textWidth("…"))) + "…"
}

// openingWidth is the width in em from which a text in a table is folded.
const openingWidth = 110

// opening returns the start of a text that is too long for a table, to stand
// above the whole of it; empty where the text is short enough.
func opening(text string) string {
	if textWidth(text) <= openingWidth {
		return ""
	}
	return shorten(text, openingWidth)
}
