// Written by make_coefficients.py.
// (exp(r) - 1 - r) / r^2, |r| <= log(2) / 2
static constexpr double kExpPoly[11] = {0x1.0000000000000p-1,  0x1.5555555555557p-3,  0x1.5555555555556p-5,
                                        0x1.11111111100dfp-7,  0x1.6c16c16c162d6p-10, 0x1.a01a01abe62ddp-13,
                                        0x1.a01a01a6d7808p-16, 0x1.71de02375656cp-19, 0x1.27e4db67b4303p-22,
                                        0x1.af4ddd84882fep-26, 0x1.1f72fc730b4ffp-29};
// (2 atanh(s) - 2 s) / s^3 in s^2, |s| <= 0.1716
static constexpr double kLogPoly[7] = {0x1.5555555555558p-1, 0x1.99999999952b2p-2, 0x1.2492492df6947p-2,
                                       0x1.c71c62debf86bp-3, 0x1.7462b69705382p-3, 0x1.39fe208c33457p-3,
                                       0x1.2b5b5fb2eac92p-3};
// (atanh(s) / s - 1 - s^2 / 3) / s^4 in s^2, |s| <= 0.1716
static constexpr double kLogPairPoly[8] = {0x1.999999999999ap-3, 0x1.2492492492522p-3, 0x1.c71c71c6ea871p-4,
                                           0x1.745d177aad02ap-4, 0x1.3b1395c881220p-4, 0x1.1118c9ee5b8a4p-4,
                                           0x1.df7c5bc7c7563p-5, 0x1.e032e4d8436a1p-5};
// (sin(r) - r) / r^3 in r^2, |r| <= pi / 4
static constexpr double kSinPoly[6] = {-0x1.5555555555555p-3, 0x1.1111111110bb2p-7,   -0x1.a01a019e83aaep-13,
                                       0x1.71de37968a100p-19, -0x1.ae600b02b6262p-26, 0x1.5e0b19f8b1451p-33};
// (cos(r) - 1 + r^2 / 2) / r^4 in r^2, |r| <= pi / 4
static constexpr double kCosPoly[6] = {0x1.5555555555555p-5,   -0x1.6c16c16c16967p-10, 0x1.a01a019f4eb01p-16,
                                       -0x1.27e4fa17da09ep-22, 0x1.1eeb68e93b64cp-29,  -0x1.907da367a37cbp-37};
// (atan(x) - x) / x^3 in x^2, |x| <= tan(pi / 8)
static constexpr double kAtanPoly[12] = {-0x1.5555555555555p-2, 0x1.9999999999953p-3,  -0x1.249249248d7d1p-3,
                                         0x1.c71c71c3035c8p-4,  -0x1.745d165db0b8dp-4, 0x1.3b1392d24f335p-4,
                                         -0x1.110e878213482p-4, 0x1.e19a07798598ep-5,  -0x1.ac7a3950dffbap-5,
                                         0x1.74dc387c1a6f4p-5,  -0x1.1b2f96cc7eca8p-5, 0x1.0aca40aeebce0p-6};
// (asin(x) - x) / x^3 in x^2, |x| <= 1/2
static constexpr double kAsinPoly[13] = {
    0x1.5555555555556p-3, 0x1.3333333332ecap-4,  0x1.6db6db6e31f13p-5, 0x1.f1c71c1db0623p-6, 0x1.6e8bb1c8209a2p-6,
    0x1.1c4d35cf95421p-6, 0x1.c9cf07674736ap-7,  0x1.782651caa6547p-7, 0x1.52420b04b37bep-7, 0x1.65a9c4dfcf8b2p-8,
    0x1.1d189408314eep-6, -0x1.e6aaa8a0a04ccp-7, 0x1.d72b2bc8155f8p-6};
// erf(x) / x - 1 in x^2, |x| <= 1
static constexpr double kErfPoly[13] = {0x1.06eba8214db69p-3,   -0x1.812746b0379e6p-2,  0x1.ce2f21a042b30p-4,
                                        -0x1.b82ce31284e00p-6,  0x1.565bcd0dbaa38p-8,   -0x1.c02db3dac435fp-11,
                                        0x1.f9a321d5b8e1ep-14,  -0x1.f4d1e3183f7aep-17, 0x1.b9df224ca4b97p-20,
                                        -0x1.5f1ecb6f0764cp-23, 0x1.f7b4bf3b13964p-27,  -0x1.389d4f2641625p-30,
                                        0x1.05ffd737fb32ep-34};
// (1 + 2 x) exp(x^2) erfc(x) in t = (x - 4) / (x + 4), x >= 0
static constexpr double kErfcxPoly[25] = {
    0x1.3ba5916e9fd7fp+0,   -0x1.1df1ad154a286p-3,  0x1.f7f5df66fd797p-7,   0x1.16ecefcfa4d10p-4,
    -0x1.9ddb23c3e8f13p-4,  0x1.7fee004e1eefep-4,   -0x1.0fb06dfe4c6c0p-4,  0x1.3079edf5181dfp-5,
    -0x1.09623884747dbp-6,  0x1.49c672e199469p-8,   -0x1.8d4a9a6465372p-11, -0x1.a1df5e81f57b4p-13,
    0x1.3be0432bfa860p-13,  -0x1.99537515467bep-16, -0x1.7884d2487d5efp-17, 0x1.7ef644c7815aap-18,
    0x1.393f4d359a7fdp-22,  -0x1.b8ce493292da5p-21, 0x1.4dcd6b6d85452p-24,  0x1.c8a212189b424p-24,
    -0x1.64110b1736fb3p-26, -0x1.a7f4a11380e73p-27, 0x1.bc41def3d5cc5p-29,  0x1.ff247156a53a2p-31,
    -0x1.2feb115e10ff8p-32};
// lgamma(x) / ((x - 1) (x - 2)) in x - 3/2, 0.9 <= x <= 2.2
static constexpr double kLgammaPoly[26] = {
    0x1.eeb95b094c191p-2,  -0x1.2aed059bd608ap-3,  0x1.01af62a2929eep-4,  -0x1.007aa83cee359p-5,
    0x1.13342352784dap-6,  -0x1.34dbda14715c2p-7,  0x1.64f06652bc329p-8,  -0x1.a503524bdaad4p-9,
    0x1.f814b798b25a8p-10, -0x1.313e85744ba91p-10, 0x1.750ae95ab8a3ep-11, -0x1.cb46019093b8ap-12,
    0x1.1c745da57c954p-12, -0x1.62288cc3417dcp-13, 0x1.bafece3be701ap-14, -0x1.1692e3d5e6f05p-14,
    0x1.5ef13c295b8bbp-15, -0x1.b46d825df4db3p-16, 0x1.135dd6cf34ea4p-16, -0x1.839ce3b511f7ep-17,
    0x1.043c365cc17acp-17, -0x1.9619c21210211p-19, 0x1.f7f6ccd8243cfp-21, -0x1.504630d90f9d4p-19,
    0x1.7f088abc43122p-19, -0x1.0c642fa0a4cd7p-20};
// psi(x) / (x - x0) in x - 3/2, 1 <= x <= 2, x0 the zero
static constexpr double kDigammaPoly[23] = {
    0x1.e6f0cbb873616p-1,  -0x1.b1cb63005ee98p-2,  0x1.eca189b8e6f6dp-3,  -0x1.2feeeb98a78eap-3,
    0x1.8512e5903903ep-4,  -0x1.fb44202a2306bp-5,  0x1.4de9aa1779d23p-5,  -0x1.b9f8b11bfd3d0p-6,
    0x1.2564717896ec6p-6,  -0x1.863563f44f303p-7,  0x1.03c0adafa529cp-7,  -0x1.5a06a5d662cb4p-8,
    0x1.cd2011454fd05p-9,  -0x1.336dbe66757c8p-9,  0x1.99d3f5c0cad5ep-10, -0x1.0fb38d217b800p-10,
    0x1.6a3e76070c135p-11, -0x1.fd8e50abf2196p-12, 0x1.53b23429da21bp-12, -0x1.2fae5cb379bf2p-13,
    0x1.94e73cc9821e1p-14, -0x1.75c084e78a4cdp-13, 0x1.f255c4568ac4dp-14};
// (lgamma(x) - (x - 1/2) (log x - 1) - (log(2 pi) - 1) / 2) x in 1 / x^2, x >= 8
static constexpr double kLgammaTail[8] = {0x1.5555555555555p-4,   -0x1.6c16c16c16b29p-9, 0x1.a01a019ee0dbep-11,
                                          -0x1.38137ec070147p-11, 0x1.b94f6d6592192p-11, -0x1.f5ff2fdcdf048p-10,
                                          0x1.96db40614b193p-8,   -0x1.55b3a71b66a2ep-6};
// (log x - 1 / (2 x) - psi(x)) x^2 in 1 / x^2, x >= 8
static constexpr double kDigammaTail[9] = {0x1.5555555555555p-4,  -0x1.11111111110eep-7, 0x1.04104103f3357p-8,
                                           -0x1.111110c5db913p-8, 0x1.f07bbcef74ac4p-8,  -0x1.59837b4a4780cp-6,
                                           0x1.5356fbc92b38cp-4,  -0x1.a43dc8de6cf74p-2, 0x1.c5b8542e7f8cap+0};
// (psi'(x) - 1 / x - 1 / (2 x^2)) x^3 in 1 / x^2, x >= 8
static constexpr double kTrigammaTail[10] = {
    0x1.5555555555555p-3,  -0x1.111111111110ap-5, 0x1.8618618610addp-6,  -0x1.11111104a1cd7p-5, 0x1.364d892513ec2p-4,
    -0x1.032dc14b8bf07p-2, 0x1.2a4ec4318c4c3p+0,  -0x1.bd5fe9537f3f0p+2, 0x1.781f9e0bc2fa6p+5,  -0x1.de68b79a12a39p+7};
// Constants as high and low part; kLn2_hi has 42 bits, so that its multiples up to 2^11 are exact.
static constexpr double kLn2_hi = 0x1.62e42fefa3800p-1, kLn2_lo = 0x1.ef35793c76730p-45;
static constexpr double kPi_hi = 0x1.921fb54442d18p+1, kPi_lo = 0x1.1a62633145c07p-53;
static constexpr double kHalfPi_hi = 0x1.921fb54442d18p+0, kHalfPi_lo = 0x1.1a62633145c07p-54;
static constexpr double kQuarterPi_hi = 0x1.921fb54442d18p-1, kQuarterPi_lo = 0x1.1a62633145c07p-55;
static constexpr double kThreeQuarterPi_hi = 0x1.2d97c7f3321d2p+1, kThreeQuarterPi_lo = 0x1.a79394c9e8a0ap-54;
static constexpr double kDigammaZero_hi = 0x1.762d86356be3fp+0, kDigammaZero_lo = 0x1.b86a722197829p-54;
// pi / 2 in four parts, the first three of 33 bits: multiples up to 2^20 of those are exact.
// sum = pi / 2
static constexpr double kHalfPiParts[4] = {0x1.921fb54400000p+0, 0x1.0b4611a600000p-34, 0x1.3198a2e000000p-69,
                                           0x1.b839a252049c1p-104};
// 2 / pi, bits after the binary point in words of 64, for arguments beyond the range of kHalfPiParts.
static constexpr std::uint64_t kTwoOverPi[20] = {
    0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561, 0xb7246e3a424dd2e0,
    0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484, 0xe99c7026b45f7e41, 0x3991d639835339f4,
    0x9c845f8bbdf9283b, 0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d,
    0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab, 0xf0cfbc209af4361d};
