//! What the tasks do: the same numbers as `bench/peers/js_pools/functions.mjs` gives.

pub const BUFFER_BYTES: usize = 256;
pub const PICTURE: u64 = 256;
const MOST_STEPS: u64 = 500;

/// The first 32 bits of the fractional parts of the cube and square roots of the first primes.
pub struct Sha256 {
    round_constants: [u32; 64],
    first_state: [u32; 8],
}

impl Sha256 {
    pub fn new() -> Self {
        let is_prime = |n: &u32| (2..*n).take_while(|i| i * i <= *n).all(|i| n % i != 0);
        let primes: Vec<f64> = (2..).filter(is_prime).take(64).map(f64::from).collect();
        let fraction = |root: f64| (root.fract() * 4_294_967_296.0) as u32;
        Self {
            round_constants: std::array::from_fn(|i| fraction(primes[i].cbrt())),
            first_state: std::array::from_fn(|i| fraction(primes[i].sqrt())),
        }
    }

    fn compress(&self, state: &mut [u32; 8], block: &[u8]) {
        let mut w = [0u32; 64];
        for (word, bytes) in w.iter_mut().zip(block.chunks_exact(4)) {
            *word = u32::from_be_bytes(bytes.try_into().expect("four bytes"));
        }
        for i in 16..64 {
            let (x, y) = (w[i - 15], w[i - 2]);
            let s0 = x.rotate_right(7) ^ x.rotate_right(18) ^ (x >> 3);
            let s1 = y.rotate_right(17) ^ y.rotate_right(19) ^ (y >> 10);
            w[i] = w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
        for i in 0..64 {
            let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let t1 = h
                .wrapping_add(s1)
                .wrapping_add((e & f) ^ (!e & g))
                .wrapping_add(self.round_constants[i])
                .wrapping_add(w[i]);
            let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let t2 = s0.wrapping_add((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(t1), c, b, a, t1.wrapping_add(t2));
        }
        for (word, sum) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *word = word.wrapping_add(sum);
        }
    }

    fn digest(&self, bytes: &[u8]) -> [u32; 8] {
        let mut padded = bytes.to_vec();
        padded.push(0x80);
        padded.resize((bytes.len() + 9).div_ceil(64) * 64 - 8, 0);
        padded.extend((bytes.len() as u64 * 8).to_be_bytes());
        let mut state = self.first_state;
        for block in padded.chunks_exact(64) {
            self.compress(&mut state, block);
        }
        state
    }

    /// Hashes the buffers `from`, `from + 1` …: the sum of the first words of their hashes.
    pub fn hash(&self, from: u64, count: u64) -> u64 {
        let mut bytes = [0u8; BUFFER_BYTES];
        let mut sum = 0;
        for i in from..from + count {
            for (at, byte) in bytes.iter_mut().enumerate() {
                *byte = (i * 31 + at as u64 * 7) as u8;
            }
            sum += u64::from(self.digest(&bytes)[0]);
        }
        sum
    }
}

pub fn mandelbrot(row: u64) -> u64 {
    let ci = row as f64 / PICTURE as f64 * 3.0 - 1.5;
    let mut sum = 0;
    for column in 0..PICTURE {
        let cr = column as f64 / PICTURE as f64 * 3.0 - 2.0;
        let (mut re, mut im, mut steps) = (0.0, 0.0, 0);
        while steps < MOST_STEPS {
            let (re2, im2) = (re * re, im * im);
            if re2 + im2 > 4.0 {
                break;
            }
            im = 2.0 * re * im + ci;
            re = re2 - im2 + cr;
            steps += 1;
        }
        sum += steps;
    }
    sum
}

pub fn unsorted(i: u32) -> u32 {
    let x = (i + 1).wrapping_mul(0x9e37_79b1);
    let x = (x ^ (x >> 15)).wrapping_mul(0x85eb_ca77);
    x ^ (x >> 13)
}

/// Half of what two sorted parts merge into: the lower one, or the upper one backwards.
pub fn merge_half(left: &[u32], right: &[u32], from_back: bool) -> Vec<u32> {
    let total = left.len() + right.len();
    let lower = total / 2;
    let (mut i, mut j) = (0, 0);
    if !from_back {
        let mut merged = Vec::with_capacity(lower);
        while merged.len() < lower {
            let takes_left = j == right.len() || (i < left.len() && left[i] <= right[j]);
            merged.push(if takes_left { left[i] } else { right[j] });
            if takes_left { i += 1 } else { j += 1 }
        }
        return merged;
    }
    (i, j) = (left.len(), right.len());
    let mut merged = Vec::with_capacity(total - lower);
    while merged.len() < total - lower {
        let takes_right = i == 0 || (j > 0 && right[j - 1] >= left[i - 1]);
        if takes_right { j -= 1 } else { i -= 1 }
        merged.push(if takes_right { right[j] } else { left[i] });
    }
    merged
}

/// A sum that tells the sorted numbers apart; -1 if one is below the one before.
pub fn check(numbers: &[u32]) -> i64 {
    if numbers.windows(2).any(|pair| pair[0] > pair[1]) {
        return -1;
    }
    let weighted = |(i, number): (usize, &u32)| i64::from(*number) * (i as i64 % 1024 + 1);
    numbers.iter().enumerate().map(weighted).fold(0, |sum, one| (sum + one) % (1 << 40))
}
