name_0 = "string 0"
name_1 = "string 1"
name_2 = "string 2"
name_3 = "string 3"
name_4 = "string 4"
name_5 = "string 5"
name_6 = "string 6"
name_7 = "string 7"
name_8 = "string 8"
name_9 = "string 9"
name_10 = "string 10"
name_11 = "string 11"
name_12 = "string 12"
name_13 = "string 13"
name_14 = "string 14"
name_15 = "string 15"
name_16 = "string 16"
name_17 = "string 17"
name_18 = "string 18"
name_19 = "string 19"
name_20 = "string 20"
name_21 = "string 21"
name_22 = "string 22"
name_23 = "string 23"
name_24 = "string 24"
name_25 = "string 25"
name_26 = "string 26"
name_27 = "string 27"
name_28 = "string 28"
name_29 = "string 29"
name_30 = "string 30"
name_31 = "string 31"
name_32 = "string 32"
name_33 = "string 33"
name_34 = "string 34"
name_35 = "string 35"
name_36 = "string 36"
name_37 = "string 37"
name_38 = "string 38"
name_39 = "string 39"
name_40 = "string 40"
name_41 = "string 41"
name_42 = "string 42"
name_43 = "string 43"
name_44 = "string 44"
name_45 = "string 45"
name_46 = "string 46"
name_47 = "string 47"
name_48 = "string 48"
name_49 = "string 49"
name_50 = "string 50"
name_51 = "string 51"
name_52 = "string 52"
name_53 = "string 53"
name_54 = "string 54"
name_55 = "string 55"
name_56 = "string 56"
name_57 = "string 57"
name_58 = "string 58"
name_59 = "string 59"
name_60 = "string 60"
name_61 = "string 61"
name_62 = "string 62"
name_63 = "string 63"
name_64 = "string 64"
name_65 = "string 65"
name_66 = "string 66"
name_67 = "string 67"
name_68 = "string 68"
name_69 = "string 69"
































































long_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx = "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
other_0.attribute_0 = 0 + 0.5
other_1.attribute_1 = 1 + 1.5
other_2.attribute_2 = 2 + 2.5
other_3.attribute_3 = 3 + 3.5
other_4.attribute_4 = 4 + 4.5
other_5.attribute_5 = 5 + 5.5
other_6.attribute_6 = 6 + 6.5
other_7.attribute_7 = 7 + 7.5
other_8.attribute_8 = 8 + 8.5
other_9.attribute_9 = 9 + 9.5
other_10.attribute_10 = 10 + 10.5
other_11.attribute_11 = 11 + 11.5
other_12.attribute_12 = 12 + 12.5
other_13.attribute_13 = 13 + 13.5
other_14.attribute_14 = 14 + 14.5
other_15.attribute_15 = 15 + 15.5
other_16.attribute_16 = 16 + 16.5
other_17.attribute_17 = 17 + 17.5
other_18.attribute_18 = 18 + 18.5
other_19.attribute_19 = 19 + 19.5
other_20.attribute_20 = 20 + 20.5
other_21.attribute_21 = 21 + 21.5
other_22.attribute_22 = 22 + 22.5
other_23.attribute_23 = 23 + 23.5
other_24.attribute_24 = 24 + 24.5
other_25.attribute_25 = 25 + 25.5
other_26.attribute_26 = 26 + 26.5
other_27.attribute_27 = 27 + 27.5
other_28.attribute_28 = 28 + 28.5
other_29.attribute_29 = 29 + 29.5
other_30.attribute_30 = 30 + 30.5
other_31.attribute_31 = 31 + 31.5
other_32.attribute_32 = 32 + 32.5
other_33.attribute_33 = 33 + 33.5
other_34.attribute_34 = 34 + 34.5
other_35.attribute_35 = 35 + 35.5
other_36.attribute_36 = 36 + 36.5
other_37.attribute_37 = 37 + 37.5
other_38.attribute_38 = 38 + 38.5
other_39.attribute_39 = 39 + 39.5
other_40.attribute_40 = 40 + 40.5
other_41.attribute_41 = 41 + 41.5
other_42.attribute_42 = 42 + 42.5
other_43.attribute_43 = 43 + 43.5
other_44.attribute_44 = 44 + 44.5
other_45.attribute_45 = 45 + 45.5
other_46.attribute_46 = 46 + 46.5
other_47.attribute_47 = 47 + 47.5
other_48.attribute_48 = 48 + 48.5
other_49.attribute_49 = 49 + 49.5
other_50.attribute_50 = 50 + 50.5
other_51.attribute_51 = 51 + 51.5
other_52.attribute_52 = 52 + 52.5
other_53.attribute_53 = 53 + 53.5
other_54.attribute_54 = 54 + 54.5
other_55.attribute_55 = 55 + 55.5
other_56.attribute_56 = 56 + 56.5
other_57.attribute_57 = 57 + 57.5
other_58.attribute_58 = 58 + 58.5
other_59.attribute_59 = 59 + 59.5
other_60.attribute_60 = 60 + 60.5
other_61.attribute_61 = 61 + 61.5
other_62.attribute_62 = 62 + 62.5
other_63.attribute_63 = 63 + 63.5
other_64.attribute_64 = 64 + 64.5
other_65.attribute_65 = 65 + 65.5
other_66.attribute_66 = 66 + 66.5
other_67.attribute_67 = 67 + 67.5
other_68.attribute_68 = 68 + 68.5
other_69.attribute_69 = 69 + 69.5
other_70.attribute_70 = 70 + 70.5
other_71.attribute_71 = 71 + 71.5
other_72.attribute_72 = 72 + 72.5
other_73.attribute_73 = 73 + 73.5
other_74.attribute_74 = 74 + 74.5
other_75.attribute_75 = 75 + 75.5
other_76.attribute_76 = 76 + 76.5
other_77.attribute_77 = 77 + 77.5
other_78.attribute_78 = 78 + 78.5
other_79.attribute_79 = 79 + 79.5
other_80.attribute_80 = 80 + 80.5
other_81.attribute_81 = 81 + 81.5
other_82.attribute_82 = 82 + 82.5
other_83.attribute_83 = 83 + 83.5
other_84.attribute_84 = 84 + 84.5
other_85.attribute_85 = 85 + 85.5
other_86.attribute_86 = 86 + 86.5
other_87.attribute_87 = 87 + 87.5
other_88.attribute_88 = 88 + 88.5
other_89.attribute_89 = 89 + 89.5
other_90.attribute_90 = 90 + 90.5
other_91.attribute_91 = 91 + 91.5
other_92.attribute_92 = 92 + 92.5
other_93.attribute_93 = 93 + 93.5
other_94.attribute_94 = 94 + 94.5
other_95.attribute_95 = 95 + 95.5
other_96.attribute_96 = 96 + 96.5
other_97.attribute_97 = 97 + 97.5
other_98.attribute_98 = 98 + 98.5
other_99.attribute_99 = 99 + 99.5
other_100.attribute_100 = 100 + 100.5
other_101.attribute_101 = 101 + 101.5
other_102.attribute_102 = 102 + 102.5
other_103.attribute_103 = 103 + 103.5
other_104.attribute_104 = 104 + 104.5
other_105.attribute_105 = 105 + 105.5
other_106.attribute_106 = 106 + 106.5
other_107.attribute_107 = 107 + 107.5
other_108.attribute_108 = 108 + 108.5
other_109.attribute_109 = 109 + 109.5
other_110.attribute_110 = 110 + 110.5
other_111.attribute_111 = 111 + 111.5
other_112.attribute_112 = 112 + 112.5
other_113.attribute_113 = 113 + 113.5
other_114.attribute_114 = 114 + 114.5
other_115.attribute_115 = 115 + 115.5
other_116.attribute_116 = 116 + 116.5
other_117.attribute_117 = 117 + 117.5
other_118.attribute_118 = 118 + 118.5
other_119.attribute_119 = 119 + 119.5
other_120.attribute_120 = 120 + 120.5
other_121.attribute_121 = 121 + 121.5
other_122.attribute_122 = 122 + 122.5
other_123.attribute_123 = 123 + 123.5
other_124.attribute_124 = 124 + 124.5
other_125.attribute_125 = 125 + 125.5
other_126.attribute_126 = 126 + 126.5
other_127.attribute_127 = 127 + 127.5
other_128.attribute_128 = 128 + 128.5
other_129.attribute_129 = 129 + 129.5
other_130.attribute_130 = 130 + 130.5
other_131.attribute_131 = 131 + 131.5
other_132.attribute_132 = 132 + 132.5
other_133.attribute_133 = 133 + 133.5
other_134.attribute_134 = 134 + 134.5
other_135.attribute_135 = 135 + 135.5
other_136.attribute_136 = 136 + 136.5
other_137.attribute_137 = 137 + 137.5
other_138.attribute_138 = 138 + 138.5
other_139.attribute_139 = 139 + 139.5
more_0 = b'bytes 0'
more_1 = b'bytes 1'
more_2 = b'bytes 2'
more_3 = b'bytes 3'
more_4 = b'bytes 4'
more_5 = b'bytes 5'
more_6 = b'bytes 6'
more_7 = b'bytes 7'
more_8 = b'bytes 8'
more_9 = b'bytes 9'
more_10 = b'bytes 10'
more_11 = b'bytes 11'
more_12 = b'bytes 12'
more_13 = b'bytes 13'
more_14 = b'bytes 14'
more_15 = b'bytes 15'
more_16 = b'bytes 16'
more_17 = b'bytes 17'
more_18 = b'bytes 18'
more_19 = b'bytes 19'
more_20 = b'bytes 20'
more_21 = b'bytes 21'
more_22 = b'bytes 22'
more_23 = b'bytes 23'
more_24 = b'bytes 24'
more_25 = b'bytes 25'
more_26 = b'bytes 26'
more_27 = b'bytes 27'
more_28 = b'bytes 28'
more_29 = b'bytes 29'
more_30 = b'bytes 30'
more_31 = b'bytes 31'
more_32 = b'bytes 32'
more_33 = b'bytes 33'
more_34 = b'bytes 34'
more_35 = b'bytes 35'
more_36 = b'bytes 36'
more_37 = b'bytes 37'
more_38 = b'bytes 38'
more_39 = b'bytes 39'
more_40 = b'bytes 40'
more_41 = b'bytes 41'
more_42 = b'bytes 42'
more_43 = b'bytes 43'
more_44 = b'bytes 44'
more_45 = b'bytes 45'
more_46 = b'bytes 46'
more_47 = b'bytes 47'
more_48 = b'bytes 48'
more_49 = b'bytes 49'
more_50 = b'bytes 50'
more_51 = b'bytes 51'
more_52 = b'bytes 52'
more_53 = b'bytes 53'
more_54 = b'bytes 54'
more_55 = b'bytes 55'
more_56 = b'bytes 56'
more_57 = b'bytes 57'
more_58 = b'bytes 58'
more_59 = b'bytes 59'
