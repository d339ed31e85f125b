package cdnsim

// originBytes is [Traffic].
var originBytes = quantity{1, func(_ *profile, loads []load, _ int64, out []int64) {
	for i, l := range loads {
		out[i] = l.origin()
	}
}}

// originBits are in bit per slice, as the reference page of 2014-11-11 says.
var originBits = fields{
	{"Value", func(amounts []int64, _ int64) number { return number{whole: 8 * amounts[0]} }},
}

// originFlow is in byte per slice.
var originFlow = fields{
	{"Value", total},
	{"HttpsValue", overHTTPS},
}
