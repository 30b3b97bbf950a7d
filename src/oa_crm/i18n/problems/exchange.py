"""Files to take in and out."""

from oa_crm.i18n.problems.words import Words

EXCHANGE: dict[str, dict[str, Words]] = {
    "unknown_format": {
        "en": ("{given} is no format", "one of {known}"),
        "zh": ("{given} 不是可用的格式", "可选:{known}"),
    },
    "unknown_file": {
        "en": ("{given} is nothing that comes in from a file", "one of {known}"),
        "zh": ("{given} 不是可从文件导入的内容", "可选:{known}"),
    },
    "unknown_column": {
        "en": ("there is no column {given}", "some of {known}"),
        "zh": ("没有列 {given}", "可选:{known}"),
    },
    "no_such_file": {
        "en": ("there is no file {name}", "a file that is there"),
        "zh": ("没有文件 {name}", "存在的文件"),
    },
    "not_a_path": {
        "en": ("{given} is no path", "a path as text or a pathlib.Path"),
        "zh": ("{given} 不是路径", "文本或 pathlib.Path 形式的路径"),
    },
    "nothing_to_write_to": {
        "en": ("{given} takes no bytes", "a path, or a binary file that is open for writing"),
        "zh": ("{given} 不能写入字节", "路径,或以二进制写入方式打开的文件"),
    },
    "no_place_to_write": {
        "en": ("no file can be written at {given}", "a name of a file in a folder that is there"),
        "zh": ("无法在 {given} 写入文件", "已存在的文件夹中的文件名"),
    },
    "not_a_workbook": {
        "en": ("it is no workbook that can be read", "an .xlsx workbook without a password, or a CSV file"),
        "zh": ("无法读取该工作簿", "未加密的 .xlsx 工作簿或 CSV 文件"),
    },
    "old_or_locked_workbook": {
        "en": ("it is an old .xls workbook, or locked with a password", "the same saved as .xlsx without a password"),
        "zh": ("这是旧版 .xls 工作簿,或设有密码", "另存为不带密码的 .xlsx"),
    },
    "workbook_with_macros": {
        "en": ("it has macros", "the same saved as .xlsx"),
        "zh": ("工作簿含有宏", "另存为 .xlsx"),
    },
    "workbook_unpacks_too_large": {
        "en": ("unpacked, it is larger than {largest} bytes", "a smaller workbook, or several"),
        "zh": ("解压后超过 {largest} 字节", "较小的工作簿,或拆成多个"),
    },
    "cells_without_place": {
        "en": ("its cells do not say where they stand", "the same saved anew by Excel or WPS"),
        "zh": ("单元格没有标明位置", "用 Excel 或 WPS 重新保存"),
    },
    "too_many_rows": {
        "en": ("it has more than {most} rows", "at most {most}, else several files"),
        "zh": ("行数超过 {most}", "最多 {most} 行,否则请拆成多个文件"),
    },
    "too_many_columns": {
        "en": ("it has more than {most} columns", "at most {most}"),
        "zh": ("列数超过 {most}", "最多 {most} 列"),
    },
    "too_many_cells": {
        "en": ("rows times columns are more than {most}", "fewer columns, or several files"),
        "zh": ("行数乘以列数超过 {most}", "减少列数,或拆成多个文件"),
    },
    "cell_too_long": {
        "en": ("the text of the cell is too long to be read", "a shorter text"),
        "zh": ("单元格内容过长,无法读取", "较短的内容"),
    },
    "no_such_sheet": {
        "en": ("there is no sheet “{given}”", "one of {known}"),
        "zh": ("没有工作表“{given}”", "可选:{known}"),
    },
    "no_rows": {
        "en": ("it is empty", "headings, and rows below them"),
        "zh": ("文件为空", "标题行及其下的数据行"),
    },
    "csv_broken": {
        "en": ("line {line} is no CSV: {why}", "quotes in pairs, one row a line"),
        "zh": ("第 {line} 行不是有效的 CSV:{why}", "引号成对,每行一条"),
    },
    "unknown_encoding": {
        "en": ("it is no text in UTF-8, UTF-16 or GB18030", "a CSV file in one of them"),
        "zh": ("不是 UTF-8、UTF-16 或 GB18030 编码的文本", "上述编码之一的 CSV 文件"),
    },
    "no_column_for_the_name": {
        "en": (
            "no column holds the customer's name; the headings are {headings}",
            "a heading such as 客户名称 or name",
        ),
        "zh": ("没有客户名称这一列;现有标题为 {headings}", "如“客户名称”的标题"),
    },
    "no_column_for_the_customer": {
        "en": (
            "no column says which customer; the headings are {headings}",
            "a heading such as 客户名称 or customer",
        ),
        "zh": ("没有说明是哪个客户的列;现有标题为 {headings}", "如“客户名称”的标题"),
    },
    "no_column_for_the_person": {
        "en": ("no column holds the person's name; the headings are {headings}", "a heading such as 姓名 or name"),
        "zh": ("没有联系人姓名这一列;现有标题为 {headings}", "如“姓名”的标题"),
    },
    "no_such_heading": {
        "en": ("the file has no such heading", "one of {known}"),
        "zh": ("文件中没有这个标题", "可选:{known}"),
    },
    "column_twice": {
        "en": ("two columns are for {name}", "one column, the other left out as None"),
        "zh": ("有两列都对应 {name}", "只留一列,另一列设为 None"),
    },
    "create_without_reason": {
        "en": ("clashes are to be created without a reason", "why they are others"),
        "zh": ("对疑似重复的行选择新建却没有原因", "说明为什么不是同一个"),
    },
    "cell_holds_an_error": {"en": ("the cell holds an error", "a value"), "zh": ("单元格是错误值", "正确的值")},
    "formula_without_value": {
        "en": ("the value of the formula was never worked out", "the value itself, or the file saved by Excel or WPS"),
        "zh": ("公式没有计算结果", "直接填写值,或用 Excel/WPS 打开后保存"),
    },
    "contact_on_file": {
        "en": ("{found} stands at this customer already", "skip, update or create in the column for decisions"),
        "zh": ("该客户下已有联系人 {found}", "在“处理方式”列选择跳过、更新或新建"),
    },
    "contact_of_this_id": {
        "en": ("it is {found}, who is on file", "skip or update; without the post id where it is somebody else"),
        "zh": ("这就是已有联系人 {found}", "选择跳过或更新;如果是另一个人,请清空任职编号"),
    },
    "no_such_post": {
        "en": ("nobody of this id stands or stood at this customer", "the id as it was exported, or none"),
        "zh": ("该客户下没有这个编号的联系人", "导出时的编号,或留空"),
    },
    "another_person": {
        "en": ("it is another person than the row's post id says", "name and id of one person"),
        "zh": ("与本行任职编号所指的不是同一个人", "同一个人的姓名和编号"),
    },
    "post_ended": {
        "en": ("he left meanwhile", "the status left; if he came back, a row without the post id"),
        "zh": ("此人已离职", "状态填已离职;如果重新任职,请清空任职编号另录一行"),
    },
    "no_such_superior": {
        "en": ("nobody of that name stands at this customer", "a contact on file there, or one that a row brings in"),
        "zh": ("该客户下没有叫这个名字的在职联系人", "该客户已有的联系人,或文件中能导入的联系人"),
    },
    "ended_but_active": {
        "en": ("he is said to have left, and to be active", "the status left, or no day"),
        "zh": ("填写了离职日期,状态却不是已离职", "状态改为已离职,或不填离职日期"),
    },
    "same_as_row": {
        "en": ("it is the customer of row {row}", "one row for each customer"),
        "zh": ("与第 {row} 行是同一客户", "每个客户一行"),
    },
}
