package orders

// sortKeys sorts by key, byte by byte from the last on, leaving out bytes that
// are alike in all keys. spare is as long as keys.
func sortKeys(keys, spare []idKey) {
	var differ uint64
	for _, k := range keys {
		differ |= k.key ^ keys[0].key
	}
	from, to := keys, spare
	for shift := 0; shift < 64; shift += 8 {
		if differ>>shift&0xff == 0 {
			continue
		}
		var starts [257]int32
		for _, k := range from {
			starts[k.key>>shift&0xff+1]++
		}
		for i := range 256 {
			starts[i+1] += starts[i]
		}
		for _, k := range from {
			at := &starts[k.key>>shift&0xff]
			to[*at] = k
			*at++
		}
		from, to = to, from
	}
	if len(keys) > 0 && &from[0] != &keys[0] {
		copy(keys, from)
	}
}
