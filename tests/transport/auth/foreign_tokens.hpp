#pragma once

// Tokens and keys that another implementation has made (rhonabwy 1.1 on
// GnuTLS): claims {"sub":"ada","exp":2000000000}.

#include <string>
#include <vector>

namespace weir::test {

inline const std::string foreign_secret
  = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

struct foreign_token {
  std::string algorithm;
  std::string text;
};

inline const std::vector<foreign_token> foreign_tokens{
  {"RS256", "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJhZGEiLCJleHA"
            "iOjIwMDAwMDAwMDB9.QRMX0H3e2u9LhdDODrC8Smo8k0O2k_K6plgodenXAV"
            "Y_CnGJK0hxA32Sfw6J7oZOeHdinCvBlRUR8grc4DkYhw_ceT1FZcJ9z-BZ1c"
            "p-1lo6MWCxWPBQCv-XVVVo9Ma39UAdnXjkvTgjvC38hLYZ4QXhqPCMDekSqC"
            "QVUy64z0emO9XKbWAyHdmyVcwI7Ho7wBX5JDTEhVBjfi5iy1xzidAUdRWeSO"
            "neTTrVKe5sGhL84UDA5fErHqSJJ_Dkgt3hThqVq_WT6s-abZsYpZl7p2tVUy"
            "SrYa98Tw1ojD7sr27YkVhNKt39H9E6UvMnsBCVBGuKjR64QcYWxL5ZXva0SQ"},
  {"RS384", "eyJhbGciOiJSUzM4NCIsImtpZCI6InJzYSJ9.eyJzdWIiOiJhZGEiLCJleHA"
            "iOjIwMDAwMDAwMDB9.Q8e_JsNS4kplxFSdOZBT2pbt2fz8PISpBxS7bQ8rRa"
            "YUQ4ia3Isote_pkEricz3bcZlvukTpLR_NfQdwW7PdFdmMOExQ9Qj8LCyyrw"
            "7eDjkBjdvvpFjRb0Ml7apZhdF4whfUYrVsVqiQw0cHw2mRu_ozZpoDW3ozlB"
            "GFlrsJcGtB06171Rpr1HBJyJu4VKqeNOIOPUQ5fgULIuhoLna3RMgbnidFfn"
            "6_XPyXUoF55smcJMZjfi7e9vqG1fbMFGJPOCgslYbNr1UwJUCeY5ajdYLY0x"
            "hGdT9N-hWx5KFv6sm1rJrnyxvUszsHvfvxcO-c2aQospu6eaNLTKdD8ToEXg"},
  {"RS512", "eyJhbGciOiJSUzUxMiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJhZGEiLCJleHA"
            "iOjIwMDAwMDAwMDB9.ZMBO3Ve3O2IEm1ORf8aJMYZa0n0QpWIuNqbu2i-9k9"
            "4_m1JnnI3GMRDjLeRAmlmodUTFkInGBPSxoe5opXDFRD3T_8byqW31qf97XW"
            "t7_f4t6VC227hvU5FzYXvQa8MR6wnzqG9B5-Jvuspt9xWmcUShxQ8MWi2KIJ"
            "K2zKG_JtGtzk7k1gqT5rCNGYsYNi4di6l3uwMx2Koqvtsp4yeDIQfD5RxDLj"
            "6qGaYyQ4_YHor9MFIqXpKcNgYdAkadumcBQJ4JaSgLKfy3aEB48V0pPhxEl4"
            "pXVHh1sRTpAzqigMDkwCzn5Yir5T_Q_ItJPw7ebZ3YeNhCcbQntLI6DGoSVw"},
  {"PS256", "eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJhZGEiLCJleHA"
            "iOjIwMDAwMDAwMDB9.M0Fo8Z9v265IUxmcG89j7649f9jAjrhVDpItUlYWbT"
            "3E7JvG_4xyMqCdcAgcsn7qa66fzKS8j3yXKI92F5AbMe3KCR1RaPuKQX1GEj"
            "YHadVWIHRizDNHEheeLYxEaiCLedRDqkGJVIUMS6tkGvRVIFYchqvyt83Z7V"
            "naCzO18sqBzWL75NWNqFgDsFZiM9rqOL7PbYXsccQnAkQ4fYih0ENumW17c9"
            "cm2sTU20xDxM8MiPlzp6vDL0T5rQDx_cgJQ0b4I78L3AdbfP36IzqGZBEFLD"
            "QmJLPZTlLnVs4uwMWl_tkqLre6pUC5WP8drVdyJIeRyz-68RT-vpgsXT6o7w"},
  {"PS384", "eyJhbGciOiJQUzM4NCIsImtpZCI6InJzYSJ9.eyJzdWIiOiJhZGEiLCJleHA"
            "iOjIwMDAwMDAwMDB9.hkqZ6HHs3fX11Cy2P7ZLolNGECBVPoPO724ZVXBv1R"
            "LvtnWOg3-eknLdrBdZTo0dG6QkPVyP8FxN4MpBmFkObjkhOzH34jqTe0Pts_"
            "NyEkv6sIo0ZIsgMc15uJf-xW96YWT4-m7tPT4iaOm8jFRgFCCdbCPmgkJmnO"
            "O5l15TM1g97s29PuKvoSoDVeRLdpTbu8GgOyRT-IfMinNB-VrJAI2wNmE8cx"
            "rt55N9X_szj5j9vB-0VH5pgAAiQuFmbeGHlknECttxic7o_Y8MMwSR9HODss"
            "7Q85leiANriVQ-TMY9mjZxxKBkp6S1bthGVeK7Jwep6bsd6nVGxTgL-sW7ZA"},
  {"PS512", "eyJhbGciOiJQUzUxMiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJhZGEiLCJleHA"
            "iOjIwMDAwMDAwMDB9.MGSuymeS4oNhi4ZHb0cI3-vyShf-WZpkdMolEaBBW0"
            "4Atpz7gRKKmNpCob-ygr1S3RvL-oFJKuMcfSBqM3bYiKrPzcbmWlElmDccQ-"
            "_ZbKho9PvmSmcZ7YuKGIbpUGMalxoglCXB7KE0XcMC_PsMNN5rRxzTcdS379"
            "Vfw8lhJicKrDY_9Wz_0a1lleTp_D8gcCMY1XxyRuRtoQWzbkgsQOZLOEleDC"
            "fzohg3x0y19kZX7CPfWRNBPsdFoVUBcX_x4wHYBlYsov9M2QyFn_HuVN61IG"
            "KFregZrxkYBrWGzSiEoUq5Kg8qyEUt9iaG5DvLrRd2sDra8eVb0e5mogdL-A"},
  {"ES256", "eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjMjU2In0.eyJzdWIiOiJhZGEiLCJl"
            "eHAiOjIwMDAwMDAwMDB9.hDj8kImfv2U3eJ9e_mApgcq3mmP7RJV3pDpsFqv"
            "2p-cL35MpO1pqD8wmKlr9xkU2g3OHNuI8vzHNfZg_0ef0jA"},
  {"ES384", "eyJhbGciOiJFUzM4NCIsImtpZCI6ImVjMzg0In0.eyJzdWIiOiJhZGEiLCJl"
            "eHAiOjIwMDAwMDAwMDB9.BlEz-UlkDpbXgSdQTY0XjjdgZVf9pjIFIb1FAje"
            "jNoci1skqVT45BqN7Rh_sm6BwbFgfnDsHUWhbNR4dpJMJuc3hu9HPkYf-bd_"
            "lD8yc_Phmo6gkAWM_rTb9EN7Sw6rL"},
  {"ES512", "eyJhbGciOiJFUzUxMiIsImtpZCI6ImVjNTIxIn0.eyJzdWIiOiJhZGEiLCJl"
            "eHAiOjIwMDAwMDAwMDB9.ADmggnjIjTng6wCYKO85AyRnKCfnqOIPCUUx6bR"
            "F5SWbNjYeLFlr0ok_oo7nMQIgZlfhCx2fdUU678UmrWYvaY5_AF2Gb_eUXGM"
            "aNatOz0XGkSCeiyyvMQ5b7d5ZGpfeqHvrBxlQXLM2spXr_Z_ZSqH-B_9B-Ew"
            "iPjBZwQu_r5E_F87x"},
  {"EdDSA", "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIn0.eyJzdWIiOiJhZGEiLCJleHAi"
            "OjIwMDAwMDAwMDB9.xGadS5IiMHdL9V0h5iJB9aiYmrUU6Dam1EpzRhILOQu"
            "LrzwsJcRd9Up-klTCxPZQAZwjW_Ck0xZ8Dj0oLARdDA"},
  {"HS256", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjIwMDAwMDAwMDB"
            "9.YmRTkY8HZfI0_Bd5kU8s58CI6utIy4fS3EINXcZK_mQ"},
  {"HS384", "eyJhbGciOiJIUzM4NCJ9.eyJzdWIiOiJhZGEiLCJleHAiOjIwMDAwMDAwMDB"
            "9.ERJKgKXuNvswZJEauzSjxAq7_1VE5Ecd8UtrPgVXtKV2vCzq0eFQHrW9s-"
            "Wy9fWt"},
  {"HS512", "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJhZGEiLCJleHAiOjIwMDAwMDAwMDB"
            "9.BBu8fj6pTjpmVRhDPqXjN2eT-C55jyfOG6NHKu08QcnfEnjKFAcN_VnaKK"
            "Fut8JIRLMNQ-cUzaIq8oYIthwEKA"},
};

inline const std::string foreign_keys
  = R"({"keys":[)"
    R"({"kty":"RSA","n":"qSI21myCg2sif0UBnAUWEXX1KlB45uH-pNmekMJg7n)"
    R"(5Ybj3SsNGC1JrMXJfesyaWC--bH_9Tmcei5iDl6QrQyvi4S8nPi1xSCgdxqm)"
    R"(JHVLQeSqwHtv92nwVoMwLoIvoUCMGtS8YVM09nSSGcRuSaNdMXmZ59HIeY38)"
    R"(KHUpE1kLdcXbz8ed2apKUrRx63Ipx3x5mXvUXCuGJDm83Og2jMYAvoI1CY6u)"
    R"(2vzpnTWhvqDhTM99IyGr1MaOcGxWw7sAnPJ-C6vm1a4FAF5V3hu7vA5eBlys)"
    R"(X83t1SdQWD2E8g4DwQ3_Bkz74kWM6XsSfOHk92Amh0yg4uelYFDt7-cv6uOw)"
    R"(","e":"AQAB","kid":"rsa"},)"
    R"({"kty":"EC","x":"YITEzS5sKMxSgoyH06ESNK6xfdu_s06F-MiX_ylOOEQ)"
    R"(","y":"jOQF2Q8gK5f3pOknqwTYvLCr939PJ7bMQIwv0u7eLqs","crv":"P)"
    R"(-256","kid":"ec256"},)"
    R"({"kty":"EC","x":"LXPEyBBjFPzqgJoj6qovMwFJtZzdGzE4vdX0kKWGpoI)"
    R"(NA3ICAv4MR3ho__LNhZTI","y":"eX2JpC2taUGzouaxUPthC5GF26ghQlXM)"
    R"(B4xjWDqhDQByPSLJGPbnytolPBsHZQM3","crv":"P-384","kid":"ec384)"
    R"("},)"
    R"({"kty":"EC","x":"AfkG9Ycu4pN-HnImYTbjtIBH_ZH3ouJZ_rV8gLvTSnx)"
    R"(q9IhMXT3-7AAyRZ-TK_VuvO4eJCrkaCgvuOXDfAvZsprc","y":"ysjmlYEK)"
    R"(nbYqXyKUQLlkaATBanPGVt1YH-8bBEDQYyea9n1mXVdZHUH4D0-S3_hG1CoJ)"
    R"(Zx4WxhGWCFHJK-yy-2I","crv":"P-521","kid":"ec521"},)"
    R"({"kty":"OKP","x":"QnAwmiABwZVuLVWu7l9H3XkbRkrLPlyWD3o_dnCT1J)"
    R"(U","crv":"Ed25519","kid":"ed"}]})";

} // namespace weir::test
