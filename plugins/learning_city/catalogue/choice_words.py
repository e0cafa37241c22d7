"""What the codes of choices are called in the office's Excel."""

WORDS: dict[str, str] = {
    "country": "全国", "region": "大区", "city": "城市", "district": "区县",
    "merge": "合并", "split": "拆分", "rename": "更名", "transfer": "划转",
    "official": "官方统计", "administrative": "行政记录", "survey": "全面调查", "sample": "抽样", "media": "媒体",
    "population": "人口口径", "time": "时间口径", "boundary": "地域口径", "scope": "统计范围", "counting": "计数单位",
    "at_least": "不低于", "above": "高于", "at_most": "不高于", "below": "低于",
    "stock": "时点数", "flow": "时期数", "ratio": "比率",
    "actual": "当期", "cumulative": "累计", "rate": "比率",
    "unit": "单位换算", "sum": "相加", "difference": "相减", "average": "平均", "coefficient": "系数", "splice": "拼接",
    "proxy": "替代", "product": "相乘", "numerator": "分子", "denominator": "分母",
    "quantitative": "定量", "qualitative": "定性",
    "higher": "越高越好", "lower": "越低越好", "range": "在区间内", "none": "不评价",
    "A": "A 原文", "B": "B 由文件推知", "C": "C 候选",
    "same": "相同", "overlap": "交叉", "part": "包含",
    "annual": "年报", "quarterly": "季报", "schoolyear": "学年报",
    "all": "全部", "some": "其中", "number": "数字", "text": "文字", "choice": "选项",
    "lead": "牵头", "supporting": "协办",
    "previous": "上一年", "data": "当年",
}  # fmt: skip
